using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Broker.Tests.Mailboxes;

public sealed class FaultTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4];

    private readonly DoeFunction _device = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchange_SensorSawAWriteMeanwhile_IsFlaggedThoughItsResponseFits()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> exchange = Start(rig);
        rig.Broker.Bypassed(Bypass(rig, 0x160));
        _device.Answer();

        DoeOutcome outcome = await Run(rig, exchange);

        Assert.True(outcome is { Succeeded: true, Disturbed: true }, outcome.Detail);
        FleetEvent fault = Assert.Single(rig.Of(EventKinds.MailboxFault));
        Assert.StartsWith("Disturbed:", fault.Detail, StringComparison.Ordinal);
        Assert.Equal("disturbed", fault.Fault);
        Assert.Equal(["disturbed"], rig.Broker.Counters.Faults.Where(known => known.Value > 0).Select(known => known.Key));
        Assert.Contains("foreign-response", rig.Broker.Counters.Faults.Keys);
        Assert.Contains("Cause: observed bypasser: vendor-tool (pid 900, uid 0) wrote around the broker; the sensor 'kprobe' saw it.", fault.Detail, StringComparison.Ordinal);
        RecordedBundle bundle = Assert.Single(rig.Broker.Recorder.Frozen());
        Assert.Equal(("disturbed", "kprobe"), (bundle.Fault, Assert.Single(bundle.Intrusions).Sensor));
        Assert.True(Assert.Single(bundle.Exchanges).Disturbed);
    }

    [Fact]
    public async Task Exchange_SensorTellsAfterItsEnd_IsFlaggedThen()
    {
        using Rig rig = new();
        rig.Attach(_device);
        DateTimeOffset during = rig.Time.GetUtcNow();
        Assert.False((await Run(rig, Start(rig))).Disturbed);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await Run(rig, Start(rig));

        rig.Broker.Bypassed(Bypass(rig, 0x158) with { Time = during });
        rig.Broker.Bypassed(Bypass(rig, 0x158) with { Time = during });

        Assert.Contains("Exchange 1 (ok) had already ended", Assert.Single(rig.Of(EventKinds.MailboxFault)).Detail, StringComparison.Ordinal);
        Assert.Equal([true, false], rig.Broker.Recorder.Recent(_device.Address, DoeFunction.Offset).Select(e => e.Disturbed));
    }

    [Theory]
    [InlineData(0x150, AccessOperation.Write)] // the header is no register of the mailbox
    [InlineData(0x168, AccessOperation.Write)]
    [InlineData(0x160, AccessOperation.Read)]
    public async Task Exchange_BypassElsewhereOrARead_IsNotFlagged(int offset, AccessOperation operation)
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> exchange = Start(rig);
        rig.Broker.Bypassed(Bypass(rig, offset) with { Operation = operation });
        _device.Answer();

        Assert.False((await Run(rig, exchange)).Disturbed);
        Assert.Empty(rig.Of(EventKinds.MailboxFault));
    }

    [Fact]
    public async Task Cause_SeveralSuspects_KernelOwnerGoesBeforeClientBeforeBypasser()
    {
        using Rig rig = new(EnforcementMode.Shadow);
        BrokeredFunction function = rig.Attach(_device);
        _device.Mute = true;
        rig.Broker.Bypassed(Bypass(rig, 0x158));
        await Run(rig, Start(rig));
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        rig.Broker.Write(function, 0x15c, [0, 0, 0, 0], Rig.Setpci);
        await Run(rig, Start(rig));
        rig.Broker.Update(Rig.Facts(_device.Address, "kernel"));
        rig.Broker.Update(Rig.Facts(_device.Address));
        await Run(rig, Start(rig));
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        await Run(rig, Start(rig));

        string[] causes = [.. rig.Of(EventKinds.MailboxFault).Select(e => e.Detail![(e.Detail!.IndexOf("Cause: ", StringComparison.Ordinal) + 7)..].Split(':')[0])];
        Assert.Equal(["observed bypasser", "broker client", "kernel owner", "unknown"], causes);
    }

    [Fact]
    public void Tools_InterleavedUnderShadow_AreNamedBoth()
    {
        using Rig rig = new(EnforcementMode.Shadow);
        BrokeredFunction function = rig.Attach(_device);
        RegisterTool one = new(rig.Broker, function, Rig.Tool);
        RegisterTool other = new(rig.Broker, function, Rig.Root);
        one.Put(DoeFeature.CmaSpdm, 1);
        Assert.Empty(rig.Of(EventKinds.MailboxFault));

        other.Write(DoeRegisters.WriteData, 7);

        FleetEvent fault = Assert.Single(rig.Of(EventKinds.MailboxFault));
        Assert.Equal("bash", fault.Caller!.Comm);
        Assert.StartsWith("Interleaved: bash (pid 1, uid 0) wrote into the write mailbox while an exchange of spdm-utils (pid 200, uid 1000) was under way", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Tools_OneAfterTheOtherUnderShadow_AreNoFault()
    {
        using Rig rig = new(EnforcementMode.Shadow);
        BrokeredFunction function = rig.Attach(_device);
        foreach (Caller caller in (Caller[])[Rig.Tool, Rig.Root, Rig.Tool])
        {
            RegisterTool tool = new(rig.Broker, function, caller);
            tool.Send(DoeFeature.CmaSpdm, 1, 2);
            Assert.Equal(4, tool.Receive().Length);
        }

        // One that gives up in the middle is forgotten, one that aborts at once.
        RegisterTool lost = new(rig.Broker, function, Rig.Tool);
        lost.Put(DoeFeature.CmaSpdm, 1);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        new RegisterTool(rig.Broker, function, Rig.Root).Write(DoeRegisters.Control, DoeRegisters.ControlAbort);
        lost.Put(DoeFeature.CmaSpdm, 1);
        lost.Write(DoeRegisters.Control, DoeRegisters.ControlAbort);
        new RegisterTool(rig.Broker, function, Rig.Root).Put(DoeFeature.CmaSpdm, 1);
        Assert.Empty(rig.Of(EventKinds.MailboxFault));
    }

    [Fact]
    public async Task Faults_RepeatedFast_AreOneEventASecondAndOneBundle()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Leave(0x0001_0001, 2);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(DoeFailure.UnreadResponse, (await Start(rig)).Failure);
        }

        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1L, 49], rig.Of(EventKinds.MailboxFault).Select(e => e.Count));
        Assert.Single(rig.Broker.Recorder.Frozen());
    }

    [Fact]
    public async Task Release_OfAQuarantine_IsForRootWithAReasonAndAudited()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Mute = _device.Stuck = true;
        await Run(rig, Start(rig));
        Assert.Equal(DoeFailure.Quarantined, (await Start(rig)).Failure);

        Assert.Equal(DoeFailure.Denied, (await Release(rig, Rig.Tool, "please")).Failure);
        Assert.Equal(DoeFailure.Denied, (await Release(rig, Rig.Root, " ")).Failure);
        Assert.Equal(DoeFailure.AbortFailed, (await Run(rig, Release(rig, Rig.Root, "try"))).Failure);
        Assert.Equal("quarantined", Assert.Single(rig.Broker.Mailboxes(_device.Address)).State);
        _device.Mute = _device.Stuck = false;
        Assert.True((await Run(rig, Release(rig, Rig.Root, "firmware restarted"))).Succeeded);

        Assert.True((await Run(rig, Start(rig))).Succeeded);
        Assert.Collection(
            rig.Of(EventKinds.MailboxState),
            quarantined => Assert.Contains("is quarantined", quarantined.Detail, StringComparison.Ordinal),
            tried => Assert.Contains("tried to release", tried.Detail, StringComparison.Ordinal),
            released => Assert.Contains("bash (pid 1, uid 0) aborted the mailbox at 0x150 of 0000:01:00.0 and released it: firmware restarted", released.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Release_OfAResponseNobodyReads_FreesTheMailbox()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Leave(0x0001_0001, 2);
        Assert.Equal(DoeFailure.UnreadResponse, (await Start(rig)).Failure);
        Assert.Equal(0, _device.Aborts); // Somebody else's, so it is not ours to drop unasked.
        Assert.True((await Run(rig, Release(rig, Rig.Root, "left by a script"))).Succeeded);
        Assert.True((await Run(rig, Start(rig))).Succeeded);
    }

    [Fact]
    public async Task Update_OwnerChangesWhileOneWaits_TheWaiterTouchesNothing()
    {
        using Rig rig = new();
        rig.Attach(_device);
        _device.Hold = true;
        Task<DoeOutcome> first = Start(rig);
        Task<DoeOutcome> second = Start(rig, Rig.Root);
        rig.Broker.Update(Rig.Facts(_device.Address, "vm"));
        _device.Answer();
        await Run(rig, first);

        Assert.Equal(DoeFailure.NotOwned, (await Run(rig, second)).Failure);
        Assert.Equal(1, _device.Exchanges);
    }

    [Fact]
    public async Task Hold_OfHostBroker_KeepsOthersWaitingAndIsEndedByItsHolderOrRoot()
    {
        using Rig rig = new();
        rig.Attach(_device);
        HoldOutcome held = await rig.Broker.HoldAsync(_device.Address, Rig.Tool, "attest", TimeSpan.FromSeconds(20), Ct);
        Assert.True(held.Succeeded, held.Detail);
        Task<DoeOutcome> other = rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, DoeFeature.CmaSpdm, Payload, Rig.Root, Ct);
        Assert.True((await Run(rig, rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, DoeFeature.Discovery, new byte[4], Rig.Root, Ct))).Succeeded);
        Assert.False(other.IsCompleted);
        Assert.Equal(1, Assert.Single(rig.Broker.Holds()).Waiting);
        Assert.Equal(ErrorCodes.Forbidden, rig.Broker.EndHold(held.Hold!.Id, Rig.Setpci).Code);
        Assert.Equal(ErrorCodes.NotFound, rig.Broker.EndHold("none", Rig.Tool).Code);

        Assert.True(rig.Broker.EndHold(held.Hold.Id, Rig.Tool).Succeeded);

        Assert.True((await Run(rig, other)).Succeeded);
        Assert.Empty(rig.Broker.Holds());
        Assert.Equal([1, 1], [rig.Of(EventKinds.HoldGranted).Count, rig.Of(EventKinds.HoldEnded).Count]);
    }

    [Theory]
    [InlineData("", 5, ErrorCodes.Invalid)]
    [InlineData("why", 31, ErrorCodes.Invalid)]
    [InlineData("why", 0, ErrorCodes.Invalid)]
    public async Task Hold_ThatCannotBe_SaysWhy(string reason, int seconds, string code)
    {
        using Rig rig = new();
        rig.Attach(_device);
        Assert.Equal(code, (await rig.Broker.HoldAsync(_device.Address, Rig.Tool, reason, TimeSpan.FromSeconds(seconds), Ct)).Code);
        Assert.Equal(ErrorCodes.NotFound, (await rig.Broker.HoldAsync(Pci.PciAddress.Parse("0000:09:00.0"), Rig.Tool, "why", null, Ct)).Code);
        Assert.Equal(ErrorCodes.Forbidden, (await rig.Broker.HoldAsync(_device.Address, Rig.Tool with { StartTime = 0 }, "why", null, Ct)).Code);
    }

    private static BypassAccess Bypass(Rig rig, int offset) => new(
        rig.Time.GetUtcNow(), "kprobe", rig.Broker.Functions[0].Address, AccessOperation.Write, offset, 4, new Caller { Pid = 900, StartTime = 9, Comm = "vendor-tool" });

    private static Task<DoeOutcome> Release(Rig rig, Caller caller, string reason) =>
        rig.Broker.ReleaseQuarantineAsync(rig.Broker.Functions[0].Address, DoeFunction.Offset, caller, reason, Ct);

    private static Task<DoeOutcome> Start(Rig rig, Caller? caller = null) =>
        rig.Broker.ExchangeAsync(rig.Broker.Functions[0].Address, DoeFunction.Offset, DoeFeature.CxlTableAccess, Payload, caller ?? Rig.Tool, Ct);

    private static async Task<DoeOutcome> Run(Rig rig, Task<DoeOutcome> exchange)
    {
        await WaitFor.TrueAsync(() =>
        {
            if (!exchange.IsCompleted)
            {
                rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            }

            return exchange.IsCompleted;
        });
        return await exchange;
    }
}
