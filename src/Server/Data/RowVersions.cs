using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Data;

/// <summary>
/// The versions of rows as PostgreSQL itself keeps them (xmin: the transaction that wrote the row), by the rows' keys. They need no column that a writer could
/// forget to raise, and no numbering whose order differs from that of commits.
/// </summary>
internal static class RowVersions
{
    /// <summary>Of a host's row and its certificates'.</summary>
    public static Task<Dictionary<string, long>> OfHostsAsync(FleetDb db, CancellationToken ct) => ReadAsync(db.Database.SqlQueryRaw<RowVersion>(
        """
        SELECT "Id" AS "Key", hosts.xmin::text::bigint + coalesce(31 * sum(certificates.xmin::text::bigint), 0)::bigint AS "Version"
        FROM hosts LEFT JOIN certificates ON certificates."Host" = "Id" GROUP BY "Id", hosts.xmin::text::bigint
        """), ct);

    /// <summary>Keys are "host address".</summary>
    public static Task<Dictionary<string, long>> OfDevicesAsync(FleetDb db, CancellationToken ct) => ReadAsync(db.Database.SqlQueryRaw<RowVersion>(
        """SELECT "Host" || ' ' || "Address" AS "Key", xmin::text::bigint AS "Version" FROM attested_devices"""), ct);

    private static Task<Dictionary<string, long>> ReadAsync(IQueryable<RowVersion> rows, CancellationToken ct) =>
        rows.ToDictionaryAsync(row => row.Key, row => row.Version, ct);

    private sealed record RowVersion(string Key, long Version);
}
