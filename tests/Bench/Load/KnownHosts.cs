using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Sqlite;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Load;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Bench.Load;

/// <summary>Puts hosts into the database of a server that does not run, as they stand there after their agents have reported once.</summary>
internal static class KnownHosts
{
    private const int RowsPerCommit = 500;

    /// <param name="data">The server's data directory; its database is there.</param>
    /// <param name="kind">Which machines.</param>
    /// <param name="count">How many.</param>
    /// <param name="alike">Whether machines of one model differ in serial numbers alone, as simulated ones do; else no two functions have the same bytes.</param>
    public static async Task PutAsync(string data, HostKind kind, int count, bool alike)
    {
        ImmutableArray<HostTemplate> templates = HostTemplate.Read(kind, attested: false, TimeProvider.System);
        DbContextOptionsBuilder<SqliteFleetDb> options = new();
        SqliteFleetDb.Configure(options, Path.Combine(data, "fleet.db"));
        for (int put = 0; put < count;)
        {
            await using SqliteFleetDb db = new(options.Options);
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            for (int end = Math.Min(count, put + RowsPerCommit); put < end; put++)
            {
                (HostRow host, CertificateRow certificate) = Make(put + 1, templates[put % templates.Length], alike);
                db.Add(host);
                db.Add(certificate);
            }

            await db.SaveChangesAsync();
        }
    }

    private static (HostRow Host, CertificateRow Certificate) Make(int number, HostTemplate template, bool alike)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        HostId id = new(Guid.CreateVersion7(now));
        string machine = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        string thumbprint = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        string name = string.Create(CultureInfo.InvariantCulture, $"known-{number:000000}");
        InventoryReport inventory = alike ? template.Inventory(number) : Unlike(template.Inventory(number));
        HelloMessage hello = new(LinkProtocol.Version, number, template.FactsOf(name, machine, $"{Guid.CreateVersion7(now)}"), inventory.Hash, new Dictionary<string, string>());
        HostRow host = new()
        {
            Id = id,
            Name = name,
            MachineId = machine,
            KeyThumbprint = thumbprint,
            Simulated = true,
            Joined = now,
            JoinTokenId = "bench",
            AdmittedBy = "bench",
            LastSeen = now,
            Hello = Json(hello),
            Inventory = Json(inventory),
            InventoryAt = now,
            State = Json(new StateReport(0, [], template.Claims, 0, null)),
            StateAt = now,
        };
        CertificateRow certificate = new()
        {
            Serial = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
            Host = id,
            KeyThumbprint = thumbprint,
            Issuer = 1,
            NotBefore = now,
            Issued = now,
            NotAfter = now.AddDays(90),
            State = CertificateState.Used,
        };
        return (host, certificate);
    }

    // Nothing that a server could keep once for many hosts.
    private static InventoryReport Unlike(InventoryReport report) => report with
    {
        Functions = [.. report.Functions.Select(function => function with { Config = [.. function.Config.Select(Unlike)] })],
    };

    private static ConfigRange Unlike(ConfigRange range) => range with { Hex = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(range.Hex.Length / 2)) };

    private static string Json<T>(T report) => System.Text.Json.JsonSerializer.Serialize(report, FleetJson.Options);
}
