using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>
/// SPDM requesters written for one initiator, on the same mailbox by raw register accesses: an SPDM responder remembers one conversation,
/// and whoever begins another ends it. With the broker each has the device from its GET_VERSION on, and the other waits.
/// </summary>
public sealed class HoldTests
{
    private const int Exchanges = 300;
    private const int ExchangesAConversation = 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conversations_OfTwoRequesters_DisturbEachOtherNever()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("two-requesters", EnforcementMode.Enforce);

        // Until they met: one that is done before the other began has no turn to give away.
        Output[] tools = await SharedMailboxTests.MeetingAsync(
            () => Task.WhenAll(machine.DriveAsync("--spdm", "--name", "1", "--count", $"{Exchanges}"), machine.DriveAsync("--spdm", "--name", "2", "--count", $"{Exchanges}")),
            _ => Granted(machine.Events()).Count(holds => holds.Count() > 1) > 1);

        Assert.All(tools, tool => Assert.Equal($"right={Exchanges}", tool.Succeeded().Trim()));
        IReadOnlyList<FleetEvent> events = machine.Events();
        Assert.DoesNotContain(events, entry => entry.Kind == EventKinds.MailboxFault);

        // Each had the device for itself, again and again: who begins anew while the other waits lets it pass.
        ILookup<int, FleetEvent> granted = Granted(events);
        Assert.True(granted.Count(holds => holds.Count() > 1) > 1, "neither waited for the other");
        Assert.All(granted, holds => Assert.InRange(holds.Count(), 1, Exchanges / ExchangesAConversation));

        static ILookup<int, FleetEvent> Granted(IReadOnlyList<FleetEvent> events) =>
            events.Where(entry => entry.Kind == EventKinds.HoldGranted && entry.Caller?.Comm == "doe-tool").ToLookup(entry => entry.Caller!.Pid);
    }

    [Fact]
    public async Task Conversations_OfTwoRequestersUnderObserve_BreakEachOther()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("two-requesters-observed", EnforcementMode.Observe);
        string[] careless = ["--spdm", "--count", "100", .. SharedMailboxTests.Careless];

        Output[] tools = await SharedMailboxTests.MeetingAsync(
            () => Task.WhenAll(machine.DriveAsync(["--name", "1", .. careless]), machine.DriveAsync(["--name", "2", .. careless])), tool => tool.Status is 1);

        Assert.All(tools, tool => Assert.Equal(1, tool.Status));
    }

    [Fact]
    public async Task Conversation_WhileAnotherHoldsTheDevice_WaitsForItsEndAndOtherFeaturesPass()
    {
        Places.NeedMounts();
        await using SimulatedMachine machine = await SimulatedMachine.StartAsync("held", EnforcementMode.Enforce);
        using LocalClient agent = machine.Connect();
        HoldFacts hold = await agent.PostAsync<HoldFacts>("/v1/holds", new LocalHoldRequest(SimulatedMachine.Adapter, "a test has it", 30), Ct);

        Task<Output> spdm = machine.DriveAsync("--spdm", "--count", $"{ExchangesAConversation}", "--limit", "40000");
        await WaitFor.TrueAsync(async () => (await agent.GetAsync<HoldFacts[]>("/v1/holds", Ct)).Single().Waiting is 1);
        Output other = await machine.DriveAsync("--count", "50", "--discover");
        bool waited = !spdm.IsCompleted && (await agent.GetAsync<HoldFacts[]>("/v1/holds", Ct)) is [{ Waiting: 1 }];
        await agent.DeleteAsync<HoldFacts>($"/v1/holds/{hold.Id}", Ct);

        Assert.Equal("right=56", other.Succeeded().Trim());
        Assert.True(waited, "the conversation began while another had the device");
        Assert.Equal($"right={ExchangesAConversation}", (await spdm).Succeeded().Trim());
    }
}
