namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// What is in a day's file. Events have no index of SQLite's beside the row number: an entry for each event in each of three would
/// take longer than the event itself. Instead "places" says, for each block of 4,096 rows and each host, kind and function in it, which
/// rows those are, and "blocks" between which times they lie.
/// </summary>
internal static class DaySchema
{
    /// <summary>The format that is written. Format 1, which had texts in its rows, is converted when it is met.</summary>
    public const int Version = 2;

    /// <summary>Larger pages hold more of these rows, so that less is written about where they are.</summary>
    public const int PageBytes = 8192;

    /// <summary>A renamed host gets another key, so that events are found by the name they were stored with. Texts are numbers of "words"; 0 is a text that got none.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS hosts(key INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(id, name));
        CREATE TABLE IF NOT EXISTS marks(host TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, moved INTEGER NOT NULL, PRIMARY KEY(host, epoch)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS words(code INTEGER PRIMARY KEY, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS events(
            id INTEGER PRIMARY KEY, host INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, kind INTEGER NOT NULL,
            function INTEGER, comm INTEGER, exe INTEGER, pid INTEGER, uid INTEGER, decision INTEGER, operation INTEGER, offset INTEGER, length INTEGER,
            holder INTEGER, source INTEGER, feature INTEGER, count INTEGER NOT NULL, payload TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS places(
            field INTEGER NOT NULL, value INTEGER NOT NULL, block INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY(field, value, block)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS blocks(block INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS contention(
            minute INTEGER NOT NULL, host INTEGER NOT NULL, kind TEXT NOT NULL, function TEXT NOT NULL, comm TEXT NOT NULL, decision TEXT NOT NULL, feature TEXT NOT NULL,
            region TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(minute, host, kind, function, comm, decision, feature, region)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS losses(minute INTEGER NOT NULL, host INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(minute, host)) WITHOUT ROWID;
        PRAGMA user_version = 2;
        """;

    public const string InsertEvent = """
        INSERT INTO events(id, host, epoch, seq, time, kind, function, comm, exe, pid, uid, decision, operation, offset, length, holder, source, feature, count, payload)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;
}
