using Fleet.Client;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Features.Audit;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Audit;

/// <summary>A server with a trail that one request does not read to its end.</summary>
public sealed class LongTrail : IAsyncLifetime
{
    public const int Entries = ListAudit.Budget + 1_500;

    public static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    // As many as one look at the last entry pays for.
    private const int Together = 250;
    private HttpClient? _admin;

    /// <summary>How many entries it has.</summary>
    internal int Count { get; init; } = Entries;

    internal TestServer Server { get; } = new();

    internal FleetApi Api => new(_admin!);

    public async ValueTask InitializeAsync()
    {
        await Server.InitializeAsync();
        _admin = Server.Admin();
        await using FleetDb db = await DatabaseAsync();
        await using IDbContextTransaction change = await db.BeginChangeAsync(CancellationToken.None);
        for (int number = 1; number <= Count; number++)
        {
            await AuditTrail.AppendAsync(
                db, $"user:{(number % 2 is 0 ? "alice" : "bob")}", number is 1000 ? "host.ban" : "token.use", $"subject {number}", "for a test", Begin.AddMinutes(number), CancellationToken.None);
            if (number % Together is 0 || number == Count)
            {
                await db.SaveChangesAsync();
                db.ChangeTracker.Clear();
            }
        }

        await change.CommitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        await Server.DisposeAsync();
    }

    internal Task<FleetDb> DatabaseAsync() => Server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync();
}
