using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Server.Data;

/// <summary>Tells failures of a database that pass, or that its administrator mends, from faults of ours.</summary>
internal static class DatabaseFailures
{
    private const int SqliteUnique = 2067;
    private const int SqlitePrimaryKey = 1555;
    private const int SqliteBusy = 5;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;

    /// <summary>What is wrong with the database, for operators; null when the exception, and what caused it, says something else.</summary>
    public static string? Reason(Exception? error) => error switch
    {
        null => null,
        OperationCanceledException => null, // Whoever asked went away, and PostgreSQL says so with 57014.
        Events.StoreUnavailableException unavailable => unavailable.Message,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full => $"PostgreSQL has no room left: {full.MessageText}. Make room for it: nothing that was acknowledged is lost.",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections or "53000" or "53200" or "53400" } scarce => $"PostgreSQL is short of resources: {scarce.MessageText}.",
        PostgresException postgres => Passes(postgres) ? $"PostgreSQL ended the work: {postgres.MessageText} ({postgres.SqlState})." : null,
        NpgsqlException connection => $"PostgreSQL cannot be reached: {(connection.InnerException ?? connection).Message.TrimEnd('.')}.",
        SqliteException { SqliteErrorCode: SqliteBusy or SqliteIoError or SqliteFull or SqliteCannotOpen } file => $"SQLite cannot write: {file.Message.TrimEnd('.')}.",
        _ => Reason(error.InnerException),
    };

    /// <summary>Two that worked on the same rows got in each other's way: the same work may succeed at once.</summary>
    public static bool IsConflict(Exception? error) => error switch
    {
        null or OperationCanceledException => false,
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } => true,
        _ => IsConflict(error.InnerException),
    };

    /// <summary>Two made or changed the same thing, and the other was first.</summary>
    public static bool IsRace(Exception? error) => error switch
    {
        null => false,
        DbUpdateConcurrencyException => true,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => true,
        SqliteException { SqliteExtendedErrorCode: SqliteUnique or SqlitePrimaryKey } => true,
        _ => IsRace(error.InnerException),
    };

    // Classes 08 (connection), 57P (shutdown, crash, not yet started) and 58 (I/O), a cancelled statement, a lock that was not to be had in
    // time, a standby that was promoted or is read-only.
    private static bool Passes(PostgresException error) =>
        error.SqlState.StartsWith("08", StringComparison.Ordinal) || error.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || error.SqlState.StartsWith("58", StringComparison.Ordinal)
        || error.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.CannotConnectNow;
}
