using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;
using Fleet.Server.Live;
using Fleet.Server.Tests.Rollouts;
using Fleet.Server.Tests.Telling;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests;

/// <summary>What one host says of its contention takes nothing away from anybody.</summary>
public sealed class SumBoundsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sums_MoreThanAreAnswered_LeaveListsAndRolloutsAsTheyAreAndAreSaid()
    {
        await using TestFleet fleet = new() { Adjust = UnsteadyStore.Before };
        await fleet.InitializeAsync();
        HostId host = await fleet.AddHostAsync("loud");
        PciAddress[] functions = [.. Enumerable.Range(0, 5).Select(device => new PciAddress(0, 1, (byte)device, 0))];
        fleet.Services.GetRequiredService<HostDirectory>().Update(host, record => record with
        {
            Inventory = new InventoryReport("5", [.. functions.Select(function => new FunctionFacts { Address = function, VendorId = "144d", DeviceId = "a80a", ClassCode = "010802" })]),
        });
        await StoreAsync(fleet, host, functions.Select(function => Event(EventKinds.ContentionAccess) with { Function = function, Count = 2 }));
        fleet.Services.GetRequiredService<UnsteadyStore>().MostSums = 3;

        Assert.Equal(10, Assert.Single((await GetAsync<Page<HostView>>(fleet, "hosts")).Items).Contentions);
        Assert.All((await GetAsync<Page<FunctionView>>(fleet, "functions")).Items, function => Assert.Null(function.Contentions));
        OverviewView overview = await GetAsync<OverviewView>(fleet, "overview");
        Assert.Equal(10, overview.ContentionLastHour);
        Assert.Contains("hosts are counted", Assert.Single(overview.Attention, item => item.Subject is "Contention of the last hour").What);
        await fleet.PutPolicyAsync("loud");
        RolloutView rollout = await fleet.StartRolloutAsync("loud", new WaveSpec(100));
        await fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts[0].State is "assigned");
        await fleet.ReportAsync(host);
        await fleet.WaitAsync(rollout.Id, view => view.Phase is RolloutPhase.Done);
    }

    [Fact]
    public async Task Overview_CountsThatNoSumHolds_IsAnswered()
    {
        await using TestFleet fleet = new();
        await fleet.InitializeAsync();
        HostId host = await fleet.AddHostAsync("boastful");
        foreach (string kind in (string[])[EventKinds.ContentionAccess, EventKinds.AgentLoss])
        {
            await StoreAsync(fleet, host, Enumerable.Range(1, 3).Select(minute => Event(kind) with { Count = 1L << 62, Time = TimeProvider.System.GetUtcNow().AddMinutes(-minute) }));
        }

        OverviewView overview = await GetAsync<OverviewView>(fleet, "overview");

        Assert.Equal((SumBounds.Largest, SumBounds.Largest), (overview.ContentionLastHour, overview.EventsLost));
        Assert.Equal(SumBounds.Largest, (await GetAsync<HostView>(fleet, $"hosts/{host}")).Contentions);
        Assert.Equal(SumBounds.Largest, (await GetAsync<ContentionSeries>(fleet, "contention?by=host&step=60")).Total);
    }

    private static FleetEvent Event(string kind) => new() { Time = TimeProvider.System.GetUtcNow(), Kind = kind };

    private static async Task StoreAsync(TestFleet fleet, HostId host, IEnumerable<FleetEvent> events)
    {
        EventWriter writer = fleet.Services.GetRequiredService<EventWriter>();
        long before = await fleet.Services.GetRequiredService<IEventStore>().MarkOfAsync(host, 1, Ct);
        string name = fleet.Host(host).Name;
        FleetEvent[] numbered = [.. events.Select((item, i) => item with { Host = host, HostName = name, Epoch = 1, Sequence = before + 1 + i })];
        await writer.StoreAsync(new IncomingBatch(host, name, 1, numbered, TimeProvider.System.GetUtcNow()), Ct);
    }

    private static Task<T> GetAsync<T>(TestFleet fleet, string path) => fleet.SendAsync<T>(HttpMethod.Get, path);
}
