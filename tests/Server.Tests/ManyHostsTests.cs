using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Features.Agents;
using Fleet.Server.Live;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests;

/// <summary>What other fleets met when thousands of hosts came at once.</summary>
[Collection(SharedServer.Name)]
public sealed class ManyHostsTests(TestServer server)
{
    [Fact] // fleet#21340: heartbeat writes of 30,000 hosts; fleet#16562, #8498: deadlocks when many come at once
    public async Task RowsOfManyHosts_WrittenAtOnce_AreFewTransactionsAndAllCommitted()
    {
        const int Writes = 400;
        IDbContextFactory<FleetDb> databases = server.Services.GetRequiredService<IDbContextFactory<FleetDb>>();
        using HostRowWriter rows = new(databases);
        HostId host = await AddHostAsync(databases);
        TaskCompletionSource gathered = new();
        using CountdownEvent coming = new(Writes);
        Task first = rows.WriteAsync(host, _ => gathered.Task);

        Task all = Task.WhenAll(Enumerable.Range(0, Writes).Select(each => Task.Run(() =>
        {
            Task write = rows.WriteAsync(host, db => db.Hosts.Where(row => row.Id == host).ExecuteUpdateAsync(row => row.SetProperty(r => r.Version, r => r.Version + 1)));
            coming.Signal();
            return write;
        })));
        await Task.Run(() => coming.Wait(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        gathered.SetResult();
        await first;
        await all;

        await using FleetDb db = await databases.CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1 + Writes, (await db.Hosts.AsNoTracking().SingleAsync(row => row.Id == host, TestContext.Current.CancellationToken)).Version);
        Assert.Equal(2, rows.Transactions);
    }

    [Fact]
    public async Task Write_ThatFails_FailsForItsCallerAndNotForLaterOnes()
    {
        IDbContextFactory<FleetDb> databases = server.Services.GetRequiredService<IDbContextFactory<FleetDb>>();
        using HostRowWriter rows = new(databases);
        HostId host = await AddHostAsync(databases);

        await Assert.ThrowsAsync<InvalidOperationException>(() => rows.WriteAsync(host, _ => throw new InvalidOperationException("no room")));
        await rows.WriteAsync(host, db => db.Hosts.Where(row => row.Id == host).ExecuteUpdateAsync(row => row.SetProperty(r => r.Version, 9)));
    }

    [Fact]
    public async Task Write_ThatFails_DoesNotFailThoseOfOtherHostsInTheSameTransaction()
    {
        IDbContextFactory<FleetDb> databases = server.Services.GetRequiredService<IDbContextFactory<FleetDb>>();
        using HostRowWriter rows = new(databases);
        HostId host = await AddHostAsync(databases);
        HostId bad = await AddHostAsync(databases);
        TaskCompletionSource gathered = new();
        Task first = rows.WriteAsync(host, _ => gathered.Task);
        Task[] good = [.. Enumerable.Range(0, 20).Select(_ => rows.WriteAsync(host, Rise))];
        Task failing = rows.WriteAsync(bad, _ => throw new InvalidOperationException("no such text"));
        Task[] later = [.. Enumerable.Range(0, 20).Select(_ => rows.WriteAsync(host, Rise))];

        gathered.SetResult();

        await first;
        await Task.WhenAll([.. good, .. later]);
        Assert.Equal("no such text", (await Assert.ThrowsAsync<InvalidOperationException>(() => failing)).Message);
        await using FleetDb db = await databases.CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(41, (await db.Hosts.AsNoTracking().SingleAsync(row => row.Id == host, TestContext.Current.CancellationToken)).Version);

        Task Rise(FleetDb db) => db.Hosts.Where(row => row.Id == host).ExecuteUpdateAsync(row => row.SetProperty(r => r.Version, r => r.Version + 1));
    }

    [Fact]
    public void InventoriesOfOneModel_ShareWhatIsEqual()
    {
        SharedFacts facts = new();
        InventoryReport one = facts.Share(Inventory("00aa"));
        InventoryReport same = facts.Share(Inventory("00aa"));
        InventoryReport other = facts.Share(Inventory("00bb"));

        Assert.Same(one.Functions[0], same.Functions[0]);
        Assert.NotSame(one.Functions[0], other.Functions[0]);
        Assert.Same(one.Functions[0].Capabilities, other.Functions[0].Capabilities);
        Assert.Same(one.Functions[0].Config[0], other.Functions[0].Config[0]);
        Assert.Equal("00bb", other.Functions[0].Config[1].Hex);
        Assert.Equal(FleetJson.Write(Inventory("00bb")), FleetJson.Write(other));
    }

    private static InventoryReport Inventory(string serial) => new("hash", [new FunctionFacts
    {
        Address = new PciAddress(0, 1, 0, 0),
        VendorId = "144d",
        DeviceId = "a80a",
        ClassCode = "010802",
        Capabilities = [new CapabilityFacts(0x40, 1, 0, false, "Power Management", 8)],
        Config = [new ConfigRange(0, "4d14"), new ConfigRange(0x100, serial)],
    }]);

    private static async Task<HostId> AddHostAsync(IDbContextFactory<FleetDb> databases)
    {
        HostRow row = new()
        {
            Id = new HostId(Guid.CreateVersion7()),
            Name = "many",
            MachineId = "many",
            KeyThumbprint = Guid.CreateVersion7().ToString("N"),
            JoinTokenId = "none",
            AdmittedBy = "admin",
        };
        await using FleetDb db = await databases.CreateDbContextAsync(TestContext.Current.CancellationToken);
        db.Hosts.Add(row);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return row.Id;
    }
}
