using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data;

/// <summary>
/// Locks a thing by its name until the transaction ends, whether it has a row yet or not, so that what is read after it is what a change is made to. SQLite
/// needs none: its transactions begin IMMEDIATE and stand in one line.
/// </summary>
internal static class RowLocks
{
    public static Task TakeAsync(FleetDb db, string name, CancellationToken ct) => db.Database.IsSqlite()
        ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({name}, 0))", ct);
}
