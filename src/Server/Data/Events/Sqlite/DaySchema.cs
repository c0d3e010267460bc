namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>
/// What is in a day's file. The only index beside the row number is on the host's small number: a few hundred places where it grows,
/// all of them in the page cache. An index on a random key is what slows a store like this down.
/// </summary>
internal static class DaySchema
{
    /// <summary>Names of a host; a renamed host gets another key, so that events are found by the name they were stored with.</summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS hosts(key INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(id, name));
        CREATE TABLE IF NOT EXISTS marks(host TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, moved INTEGER NOT NULL, PRIMARY KEY(host, epoch)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS events(
            id INTEGER PRIMARY KEY, host INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,
            function TEXT, comm TEXT, exe TEXT, pid INTEGER, uid INTEGER, decision TEXT, operation TEXT, offset INTEGER, length INTEGER,
            holder TEXT, source TEXT, feature TEXT, count INTEGER NOT NULL, payload TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS events_host ON events(host);
        CREATE TABLE IF NOT EXISTS contention(
            minute INTEGER NOT NULL, host INTEGER NOT NULL, kind TEXT NOT NULL, function TEXT NOT NULL, comm TEXT NOT NULL, decision TEXT NOT NULL, feature TEXT NOT NULL,
            region TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(minute, host, kind, function, comm, decision, feature, region)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS losses(minute INTEGER NOT NULL, host INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(minute, host)) WITHOUT ROWID;
        PRAGMA user_version = 1;
        """;

    public const string InsertEvent = """
        INSERT INTO events(host, epoch, seq, time, kind, function, comm, exe, pid, uid, decision, operation, offset, length, holder, source, feature, count, payload)
        VALUES($host, $epoch, $seq, $time, $kind, $function, $comm, $exe, $pid, $uid, $decision, $operation, $offset, $length, $holder, $source, $feature, $count, $payload)
        """;
}
