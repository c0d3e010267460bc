using System.Net;
using Fleet.Agent.Linux;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Running;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Simulator.Tests;

/// <summary>The real agent on a simulated host whose hardware changes or goes wrong under it.</summary>
public sealed class AgentOnFaultsTests
{
    private static readonly byte[] GetVersion = [0x10, 0x84, 0, 0];

    [Fact]
    public async Task Unplug_MidExchange_LeavesTheInventoryUntilItIsPluggedInAgain()
    {
        await using SimulatedFleet fleet = await StartAsync();
        SimulatedHost host = fleet.Hosts[0];
        await FeaturesAsync(host, 3);
        Set(host, MailboxFault.UnplugMidExchange);

        DoeOutcome outcome = await ExchangeAsync(host);

        Assert.Equal(DoeFailure.Gone, outcome.Failure);
        Assert.Empty(outcome.Payload);
        await WaitFor.TrueAsync(() => !host.Agent.Broker.TryGet(SmallHost.Adapter, out _));
        await WaitFor.TrueAsync(() => host.Agent.Inventory.Functions.All(f => f.Address != SmallHost.Adapter));

        Assert.Equal(1, host.Hardware.Plug(SmallHost.Adapter));
        await FeaturesAsync(host, 3);
        Assert.Null((await ExchangeAsync(host)).Failure);
    }

    [Fact]
    public async Task StaleResponse_OfTheSameFeature_IsFlaggedWhenASensorSawTheBypasser()
    {
        await using SimulatedFleet fleet = await StartAsync();
        SimulatedHost host = fleet.Hosts[0];
        await FeaturesAsync(host, 3);
        Set(host, MailboxFault.StaleResponse);
        DoeOutcome unseen = await ExchangeAsync(host);

        await ExchangeAsync(host);
        RecordedExchange recorded = host.Agent.Broker.Recorder.Recent(SmallHost.Adapter, Mailbox(host).Offset)[^1];
        DateTimeOffset during = recorded.Queued.AddMilliseconds(recorded.WaitedMilliseconds + (recorded.TookMilliseconds / 2)); // A sensor tells when it comes to it, but says when it was.
        host.Agent.Broker.Bypassed(new BypassAccess(during, "kprobe", SmallHost.Adapter, AccessOperation.Write, Mailbox(host).Offset + DoeRegisters.WriteData, 4, null));

        Assert.False(unseen.Disturbed); // Of the same type and whole: nothing tells it from the right one.
        await WaitFor.TrueAsync(() => host.Agent.Broker.Recorder.Recent(SmallHost.Adapter, Mailbox(host).Offset).Any(e => e.Disturbed));
    }

    [Fact]
    public async Task ConfigFault_SetWhileTheAgentRuns_BecomesAFindingAndGoesAgain()
    {
        await using SimulatedFleet fleet = await StartAsync();
        SimulatedHost host = fleet.Hosts[0];
        SimulatedFunction adapter = host.Hardware.Find(SmallHost.Adapter)!;

        adapter.ConfigFault = ConfigFault.Truncated;
        host.Hardware.Announce(SmallHost.Adapter);
        await WaitFor.TrueAsync(() => Facts(host)?.Findings.Any(f => f.Contains("later capabilities are unknown", StringComparison.Ordinal)) ?? false);

        adapter.ConfigFault = ConfigFault.None;
        host.Hardware.Announce(SmallHost.Adapter);
        await WaitFor.TrueAsync(() => Facts(host)?.Findings.Count is 0);
    }

    [Fact]
    public async Task AbortNeverCompletes_QuarantinesTheMailboxAndSaysSo()
    {
        await using SimulatedFleet fleet = await StartAsync();
        SimulatedHost host = fleet.Hosts[0];
        await FeaturesAsync(host, 3);
        Set(host, MailboxFault.AbortNeverCompletes);

        DoeOutcome first = await ExchangeAsync(host);
        DoeOutcome second = await ExchangeAsync(host);

        Assert.Equal((DoeFailure.AbortFailed, DoeFailure.Quarantined), (first.Failure, second.Failure));
        await WaitFor.TrueAsync(() => host.Agent.Broker.Mailboxes(SmallHost.Adapter)[0].State is "quarantined");
    }

    [Fact]
    public async Task Quarantine_AgentStartedAgain_HoldsUntilItIsReleased()
    {
        string place = NewPlace();
        await using (SimulatedFleet fleet = await StartAsync(place))
        {
            SimulatedHost before = fleet.Hosts[0];
            await FeaturesAsync(before, 3);
            Set(before, MailboxFault.AbortNeverCompletes);
            Assert.Equal(DoeFailure.AbortFailed, (await ExchangeAsync(before)).Failure);
        }

        await using SimulatedFleet again = await StartAsync(place);
        SimulatedHost host = again.Hosts[0];

        Assert.Equal(DoeFailure.Quarantined, (await ExchangeAsync(host)).Failure);
        Assert.Equal("quarantined", host.Agent.Broker.Mailboxes(SmallHost.Adapter)[0].State);
        DoeOutcome released = await host.Agent.Broker.ReleaseQuarantineAsync(
            SmallHost.Adapter, Mailbox(host).Offset, Self, "card was replaced", TestContext.Current.CancellationToken);
        Assert.True(released.Succeeded, released.Detail);
        Assert.Null((await ExchangeAsync(host)).Failure);
    }

    private static Caller Self => CallerReader.Read(Environment.ProcessId, 0, out _);

    private static FunctionFacts? Facts(SimulatedHost host) => host.Agent.Inventory.Functions.FirstOrDefault(f => f.Address == SmallHost.Adapter);

    private static Task FeaturesAsync(SimulatedHost host, int count) => WaitFor.TrueAsync(
        () => host.Agent.Broker.TryGet(SmallHost.Adapter, out BrokeredFunction? f) && f.Facts.Mailboxes is [{ Features.Count: var found }] && found == count);

    private static Hardware.Mailboxes.SimulatedMailbox Mailbox(SimulatedHost host) => host.Hardware.Find(SmallHost.Adapter)!.Mailboxes[0];

    private static void Set(SimulatedHost host, MailboxFault fault) => host.Hardware.Find(SmallHost.Adapter)!.SetFault(Mailbox(host), fault);

    private static Task<DoeOutcome> ExchangeAsync(SimulatedHost host) => host.Agent.Broker.ExchangeAsync(
        SmallHost.Adapter, Mailbox(host).Offset, DoeFeature.CmaSpdm, GetVersion, Self,
        TestContext.Current.CancellationToken);

    private static string NewPlace() => Directory.CreateTempSubdirectory("fleet-sim-").FullName;

    private static Task<SimulatedFleet> StartAsync(string? place = null)
    {
        place ??= NewPlace();
        SimOptions options = new()
        {
            Hosts = 1,
            DataDirectory = Path.Combine(place, "data"),
            RunDirectory = Path.Combine(place, "run"),
            Mirror = false,
            Metrics = new IPEndPoint(IPAddress.Loopback, 0),
        };
        return SimulatedFleet.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
    }
}
