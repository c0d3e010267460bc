using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Broker.Tests;

public sealed class MailboxTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4, 5, 6, 7, 8];

    private readonly DoeFunction _device = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchange_OnOwnMailbox_PassesTheDefaultClaimAndIsJournalled()
    {
        using Rig rig = new();
        rig.Attach(_device);

        DoeOutcome outcome = await Exchange(rig, Rig.Tool);

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal(Payload, outcome.Payload);
        Assert.Contains(rig.Broker.ReadJournal().Entries, e => e is { Offset: 0x160, Operation: AccessOperation.Write, Decision: Decision.Allow });
        Assert.Equal(new ExchangeCount("0001:01", "ok", 1), Assert.Single(rig.Broker.Counters.Exchanges()));
        Assert.Empty(rig.Of(EventKinds.ContentionAccess));
    }

    [Fact]
    public async Task Discover_LearnsFeaturesThatSelectorsThenSee()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_device);
        rig.Broker.Apply([new CompiledPolicy
        {
            Name = "p",
            Revision = 1,
            Priority = 1,
            Mode = EnforcementMode.Enforce,
            Functions = "doe:\"0001:01\"",
            Claims = [new CompiledClaim { Region = new RegionSpec { Offset = 0x40, Length = 4 }, Holder = "vendor" }],
        }]);
        Assert.Single(function.Claims.Claims);

        DoeDiscoveryResult result = await rig.Broker.DiscoverAsync(_device.Address, DoeFunction.Offset, Rig.Root, Ct);

        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal(["0001:00", "0001:01"], Assert.Single(rig.Broker.Mailboxes(_device.Address)).Features);
        Assert.Equal(2, function.Claims.Claims.Length);
    }

    [Theory]
    [InlineData("kernel")]
    [InlineData("vm")]
    public async Task Exchange_MailboxOfAnother_IsRefusedWithoutTouchingIt(string owner)
    {
        using Rig rig = new();
        rig.Attach(_device, owner);
        DoeOutcome outcome = await Exchange(rig, Rig.Tool);
        Assert.Equal(DoeFailure.NotOwned, outcome.Failure);
        Assert.Contains(owner, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _device.Exchanges);
        Assert.Empty(rig.Broker.ReadJournal().Entries);
    }

    [Fact]
    public async Task Exchange_NoSuchMailbox_SaysSo()
    {
        using Rig rig = new();
        rig.Attach(_device);
        Assert.Equal(DoeFailure.NotAMailbox, (await rig.Broker.ExchangeAsync(_device.Address, 0x180, DoeFeature.CmaSpdm, Payload, Rig.Tool, Ct)).Failure);
    }

    [Fact]
    public async Task Exchange_WhileAnotherHasTheTurn_WaitsAndTellsBehindWhom()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> first = Exchange(rig, Rig.Tool);
        await WaitFor.TrueAsync(() => _device.Exchanges == 1);
        Assert.Equal("busy", Assert.Single(rig.Broker.Mailboxes(_device.Address)).State);
        Task<DoeOutcome> second = Exchange(rig, Rig.Root);
        await WaitFor.TrueAsync(() => rig.Broker.Counters.Waiting == 1);

        rig.Time.Advance(TimeSpan.FromMilliseconds(50));
        _device.Hold = false;
        _device.Answer();
        await Run(rig, first);
        await Run(rig, second);

        Assert.True((await first).Succeeded && (await second).Succeeded);
        FleetEvent told = Assert.Single(rig.Of(EventKinds.ContentionExchange));
        Assert.Equal("bash", told.Caller!.Comm);
        Assert.Contains("behind spdm-utils (pid 200", told.Detail, StringComparison.Ordinal);
        Assert.Equal(Decision.Wait, told.Decision);
        Assert.True(told.WaitedMilliseconds >= 50);
        Assert.Contains($"waited {told.WaitedMilliseconds} ms", told.Detail, StringComparison.Ordinal);
        Assert.Equal("free", Assert.Single(rig.Broker.Mailboxes(_device.Address)).State);
    }

    [Fact]
    public async Task Exchange_NoTurnBeforeTheDeadline_GivesUpAndTheMailboxGoesOn()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> first = Exchange(rig, Rig.Tool);
        await WaitFor.TrueAsync(() => _device.Exchanges == 1);
        Task<DoeOutcome>[] waiting = [.. Enumerable.Range(0, 8).Select(_ => Exchange(rig, Rig.Root, DoeFeature.CxlTableAccess))];
        await WaitFor.TrueAsync(() => rig.Broker.Counters.Waiting == 8);

        _device.Mute = true;
        await Task.WhenAll([Run(rig, first), .. waiting.Select(w => Run(rig, w))]);

        DoeOutcome[] outcomes = await Task.WhenAll(waiting);
        Assert.Contains(outcomes, o => o.Failure is DoeFailure.NoTurn);
        Assert.Equal(0, rig.Broker.Counters.Waiting);
        _device.Mute = false;
        _device.Hold = false;
        DoeOutcome later = await Run(rig, Exchange(rig, Rig.Root));
        Assert.True(later.Succeeded, later.Detail);
    }

    [Fact]
    public async Task Exchange_ThatTimesOut_IsAFaultWithUnknownCause()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Mute = true;
        DoeOutcome outcome = await Run(rig, Exchange(rig, Rig.Tool));
        Assert.Equal(DoeFailure.Timeout, outcome.Failure);
        FleetEvent fault = Assert.Single(rig.Of(EventKinds.MailboxFault));
        Assert.Equal(("0001:01", 0x150), (fault.Feature, fault.Offset));
        Assert.Contains("Cause: unknown", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_DisturbedByAForeignWrite_NamesTheWriter()
    {
        using Rig rig = new(EnforcementMode.Shadow);
        BrokeredFunction function = rig.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> exchange = Exchange(rig, Rig.Tool);
        await WaitFor.TrueAsync(() => _device.Exchanges == 1);
        rig.Broker.Write(function, 0x158, [1, 0, 0, 0], Rig.Setpci);

        DoeOutcome outcome = await Run(rig, exchange);

        Assert.False(outcome.Succeeded);
        Assert.Contains("Cause: broker client: setpci (pid 100", Assert.Single(rig.Of(EventKinds.MailboxFault)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_AbortThatNeverCompletes_QuarantinesTheMailbox()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Mute = true;
        _device.Stuck = true;

        Assert.Equal(DoeFailure.AbortFailed, (await Run(rig, Exchange(rig, Rig.Tool))).Failure);

        Assert.Equal("quarantined", Assert.Single(rig.Broker.Mailboxes(_device.Address)).State);
        Assert.Single(rig.Of(EventKinds.MailboxState));
        Assert.Equal(DoeFailure.Quarantined, (await Exchange(rig, Rig.Tool)).Failure);
        Assert.Single(rig.Of(EventKinds.MailboxState));
    }

    [Fact]
    public async Task Exchange_Cancelled_FreesTheTurn()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Hold = true;
        using CancellationTokenSource stop = new();
        Task<DoeOutcome> first = rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, DoeFeature.CmaSpdm, Payload, Rig.Tool, stop.Token);
        await WaitFor.TrueAsync(() => _device.Exchanges == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(rig, first));
        _device.Hold = false;
        Assert.True((await Run(rig, Exchange(rig, Rig.Root))).Succeeded);
    }

    [Fact]
    public async Task Exchange_AfterALifeThatDiedInOne_AbortsOnceFirst()
    {
        Rig dead = new();
        dead.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> lost = Exchange(dead, Rig.Tool);
        await WaitFor.TrueAsync(() => _device.Exchanges == 1);

        // The file as the kernel has it at this moment is what a kill -9 leaves.
        using Rig rig = new(journal: File.ReadAllBytes(dead.JournalPath));
        rig.Attach(_device);
        _device.Hold = false;
        DoeOutcome first = await Run(rig, Exchange(rig, Rig.Root));
        DoeOutcome second = await Run(rig, Exchange(rig, Rig.Root));

        Assert.True(first.Succeeded && second.Succeeded, first.Detail);
        Assert.Equal(1, _device.Aborts);
        Assert.Collection(
            rig.Of(EventKinds.MailboxState),
            found => Assert.Contains("(0001:01 for spdm-utils (pid 200), Go was written). Its outcome is unknown", found.Detail, StringComparison.Ordinal),
            aborted => Assert.Contains("aborted it on its return", aborted.Detail, StringComparison.Ordinal));
        using Rig next = new(journal: File.ReadAllBytes(rig.JournalPath));
        next.Attach(_device);
        Assert.True((await Run(next, Exchange(next, Rig.Root))).Succeeded);
        Assert.Equal(1, _device.Aborts);
        await Run(dead, lost);
        dead.Dispose();
    }

    [Fact]
    public async Task Update_NewOwner_KeepsFeaturesAndClaimsAndTellsIt()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_device);
        await rig.Broker.DiscoverAsync(_device.Address, DoeFunction.Offset, Rig.Root, Ct);
        ClaimRequest request = new() { Function = _device.Address, Offset = 0x40, Length = 4, Reason = "test" };
        Assert.True(rig.Broker.Claim(request, Rig.Tool).Succeeded);

        Assert.True(rig.Broker.Update(Rig.Facts(_device.Address, "vm") with { Driver = "vfio-pci" }));

        Assert.Equal("vfio-pci", function.Facts.Driver);
        Assert.Equal(("vm", 2), (function.Facts.Mailboxes[0].Owner, function.Facts.Mailboxes[0].Features.Count));
        Assert.Equal(2, function.Claims.Claims.Length);
        Assert.Equal(AccessStatus.Done, rig.Broker.Read(function, 0, new byte[4], Rig.Setpci).Status);
        Assert.Equal(DoeFailure.NotOwned, (await Exchange(rig, Rig.Tool)).Failure);
        Assert.Contains("'vm'", Assert.Single(rig.Of(EventKinds.MailboxState)).Detail, StringComparison.Ordinal);
        Assert.False(rig.Broker.Update(Rig.Facts(Pci.PciAddress.Parse("0000:09:00.0"))));
    }

    private static Task<DoeOutcome> Exchange(Rig rig, Caller caller, DoeFeature? feature = null) =>
        rig.Broker.ExchangeAsync(PciAddressOf(rig), DoeFunction.Offset, feature ?? DoeFeature.CmaSpdm, Payload, caller, Ct);

    private static Pci.PciAddress PciAddressOf(Rig rig) => rig.Broker.Functions[0].Address;

    /// <summary>Lets the rig's time pass until the exchange ends.</summary>
    private static async Task<DoeOutcome> Run(Rig rig, Task<DoeOutcome> exchange)
    {
        await WaitFor.TrueAsync(() =>
        {
            rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            return exchange.IsCompleted;
        });
        return await exchange;
    }
}
