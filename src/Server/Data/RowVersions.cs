using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data;

/// <summary>
/// The versions of rows as PostgreSQL itself keeps them (xmin: the transaction that wrote the row), by the rows' keys. They need no column that a writer could
/// forget to raise, and no numbering whose order differs from that of commits.
/// </summary>
internal static class RowVersions
{
    public static Task<Dictionary<string, long>> OfHostsAsync(FleetDb db, CancellationToken ct) => ReadAsync(db.Database.SqlQueryRaw<RowVersion>(
        """SELECT "Id" AS "Key", xmin::text::bigint AS "Version" FROM hosts"""), ct);

    /// <summary>Keys are "host address".</summary>
    public static Task<Dictionary<string, long>> OfDevicesAsync(FleetDb db, CancellationToken ct) => ReadAsync(db.Database.SqlQueryRaw<RowVersion>(
        """SELECT "Host" || ' ' || "Address" AS "Key", xmin::text::bigint AS "Version" FROM attested_devices"""), ct);

    private static Task<Dictionary<string, long>> ReadAsync(IQueryable<RowVersion> rows, CancellationToken ct) =>
        rows.ToDictionaryAsync(row => row.Key, row => row.Version, ct);

    private sealed record RowVersion(string Key, long Version);
}
