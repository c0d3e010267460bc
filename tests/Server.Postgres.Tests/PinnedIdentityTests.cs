using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Postgres;

/// <summary>Two servers that see one identity at the same moment.</summary>
[Collection(SharedServer.Name)]
public sealed class PinnedIdentityTests(TestServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ElsewhereAsync_AskedWhileAnotherChangePinsIt_WaitsAndIsToldWhere()
    {
        (FunctionId original, FunctionId clone) = (Function(), Function());
        string identity = Guid.CreateVersion7().ToString("N");
        IDbContextFactory<FleetDb> databases = server.Services.GetRequiredService<IDbContextFactory<FleetDb>>();
        await using FleetDb pinning = await databases.CreateDbContextAsync(Ct);
        await using IDbContextTransaction transaction = await pinning.BeginChangeAsync(Ct);
        Assert.Null(await PinnedIdentities.ElsewhereAsync(pinning, identity, original, Ct));
        DeviceStanding standing = new() { Function = original, Since = TimeProvider.System.GetUtcNow(), Pin = identity };
        pinning.Add(new DeviceRow { Host = original.Host, Address = original.Address.ToString(), Standing = JsonSerializer.Serialize(standing, FleetJson.Options), Pin = identity });
        await pinning.SaveChangesAsync(Ct);

        Task<FunctionId?> asking = Task.Run(() => AskAsync(databases, identity, clone), Ct);
        await WaitFor.TrueAsync(async () => await pinning.Database.SqlQuery<int>(
            $"""SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'""").SingleAsync(Ct) > 0);
        Assert.False(asking.IsCompleted);
        await transaction.CommitAsync(Ct);

        Assert.Equal(original, await asking);
        Assert.Null(await AskAsync(databases, identity, original with { Address = new PciAddress(0, 1, 0, 1) })); // Of the same device.
    }

    private static FunctionId Function() => new(new HostId(Guid.CreateVersion7()), new PciAddress(0, 1, 0, 0));

    private static async Task<FunctionId?> AskAsync(IDbContextFactory<FleetDb> databases, string identity, FunctionId here)
    {
        await using FleetDb db = await databases.CreateDbContextAsync(Ct);
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(Ct);
        return await PinnedIdentities.ElsewhereAsync(db, identity, here, Ct);
    }
}
