using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;

namespace Fleet.Broker.Tests;

public sealed class ParkedTests
{
    private readonly MemorySpace _space = new("0000:01:00.0") { Recording = true };

    [Fact]
    public async Task Write_ForeignClaimThatWaits_GoesOnWhenTheClaimIsReleased()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        string claim = Claim(rig, 0x40, 8);

        AccessResult result = rig.Broker.Write(function, 0x44, [1, 2, 3, 4], Rig.Setpci);
        Assert.Equal(AccessStatus.Parked, result.Status);
        Assert.Equal(0, _space.Writes);
        rig.Time.Advance(TimeSpan.FromMilliseconds(37));
        Assert.True(rig.Broker.Release(claim, Rig.Tool).Succeeded);

        Assert.Equal(new AccessResult(AccessStatus.Done, 4), await Ended(result));
        Assert.Equal([1, 2, 3, 4], _space.Bytes[0x44..0x48]);
        FleetEvent told = Assert.Single(rig.Of(EventKinds.ContentionAccess));
        Assert.Equal((Decision.Wait, "spdm-utils 200"), (told.Decision, told.Claim!.Holder));
        Assert.Contains("waited 37 ms", told.Detail, StringComparison.Ordinal);
        Assert.Equal(37, told.WaitedMilliseconds);
        Assert.Contains("then went on", told.Detail, StringComparison.Ordinal);
        Assert.Equal(Decision.Wait, Assert.Single(rig.Broker.ReadJournal().Entries).Decision);
    }

    [Fact]
    public async Task Read_ThatWaited_HasTheDataOfAfterwards()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        string claim = Claim(rig, 0x40, 8);
        byte[] bytes = new byte[4];

        Task<AccessResult> read = rig.Broker.ReadAsync(function, 0x40, bytes, Rig.Setpci, TestContext.Current.CancellationToken);
        rig.Broker.Write(function, 0x40, [9, 8, 7, 6], Rig.Tool);
        rig.Broker.Release(claim, Rig.Tool);

        Assert.Equal(new AccessResult(AccessStatus.Done, 4), await read);
        Assert.Equal([9, 8, 7, 6], bytes);
        Assert.Empty(rig.Of(EventKinds.ContentionAccess));
    }

    [Fact]
    public async Task Write_ClaimDoesNotEnd_TimesOutAndNeverReachesTheFunction()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        string claim = Claim(rig, 0x40, 8, wait: 100);

        AccessResult result = rig.Broker.Write(function, 0x40, [1], Rig.Setpci);
        rig.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(result.Parked!.IsCompleted);
        rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(AccessStatus.TimedOut, (await Ended(result)).Status);
        rig.Broker.Release(claim, Rig.Tool);

        Assert.Equal(0, _space.Writes);
        Assert.Contains("its time was up", Assert.Single(rig.Of(EventKinds.ContentionAccess)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WhileOthersWait_DoesNotOvertakeThem()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        string claim = Claim(rig, 0x40, 4);
        AccessResult first = rig.Broker.Write(function, 0x40, [1], Rig.Setpci);
        AccessResult second = rig.Broker.Write(function, 0x40, [2], Rig.Root);

        rig.Broker.Release(claim, Rig.Tool);
        AccessResult third = rig.Broker.Write(function, 0x40, [3], Rig.Setpci);

        Assert.Equal((AccessStatus.Done, AccessStatus.Done), ((await Ended(first)).Status, (await Ended(second)).Status));
        Assert.Equal(AccessStatus.Done, third.Status);
        Assert.Equal((3, (byte)3), (_space.Writes, _space.Bytes[0x40]));
        Assert.Equal([1, 2, 3], _space.Written.Select(w => w[0]));
    }

    [Fact]
    public void Holder_WhileOthersWait_GoesAheadOfThem()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        Claim(rig, 0x40, 4);
        rig.Broker.Write(function, 0x40, [1], Rig.Setpci);

        Assert.Equal(AccessStatus.Done, rig.Broker.Write(function, 0x40, [7], Rig.Tool).Status);

        Assert.Equal(7, Assert.Single(_space.Written)[0]);
    }

    [Fact]
    public async Task Write_PolicyClosesWhileItWaits_IsRefused()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        string claim = Claim(rig, 0x40, 4);
        AccessResult result = rig.Broker.Write(function, 0x40, [1], Rig.Setpci);
        rig.Broker.Apply([Rig.Policy(new CompiledClaim { Region = new RegionSpec { Offset = 0x40, Length = 4 }, Holder = "ops" })]);
        Assert.False(result.Parked!.IsCompleted && result.Parked.Result.Status is AccessStatus.Done);

        rig.Broker.Release(claim, Rig.Tool);

        Assert.Equal(AccessStatus.Refused, (await Ended(result)).Status);
        Assert.Equal(0, _space.Writes);
    }

    [Fact]
    public async Task Cancel_CallerDied_NeverReachesTheFunction()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        string claim = Claim(rig, 0x40, 4);
        AccessResult result = rig.Broker.Write(function, 0x40, [1], Rig.Setpci);

        result.Parked!.Cancel(AccessStatus.Interrupted);
        rig.Broker.Release(claim, Rig.Tool);

        Assert.Equal(AccessStatus.Interrupted, (await Ended(result)).Status);
        Assert.Equal(0, _space.Writes);
    }

    [Fact]
    public async Task Detach_WhileOneWaits_TellsThatTheFunctionIsGone()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        Claim(rig, 0x40, 4);
        AccessResult result = rig.Broker.Write(function, 0x40, [1], Rig.Setpci);

        rig.Broker.Detach(_space.Address);

        Assert.Equal(AccessStatus.Gone, (await Ended(result)).Status);
    }

    [Fact]
    public void Write_TooManyWait_IsRefused()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        Claim(rig, 0x40, 4);
        for (int i = 0; i < WaitingLine.Most; i++)
        {
            Assert.Equal(AccessStatus.Parked, rig.Broker.Write(function, 0x40, [1], Rig.Setpci).Status);
        }

        Assert.Equal(AccessStatus.Refused, rig.Broker.Write(function, 0x40, [1], Rig.Setpci).Status);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AccessStatus.Parked, rig.Broker.Write(function, 0x40, [1], Rig.Setpci).Status);
    }

    [Fact]
    public async Task Claim_EndsByItself_LetsGoOnWhatWaited()
    {
        using Rig rig = new();
        BrokeredFunction function = rig.Attach(_space);
        Claim(rig, 0x40, 4, wait: 30_000, duration: TimeSpan.FromSeconds(5));
        AccessResult result = rig.Broker.Write(function, 0x40, [1], Rig.Setpci);

        rig.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(AccessStatus.Done, (await Ended(result)).Status);
        Assert.Single(rig.Of(EventKinds.ClaimExpired));
    }

    [Fact]
    public void Subscribe_AfterTheEnd_CallsAtOnceAndEachOnce()
    {
        ParkedAccess parked = new(AccessOperation.Write, 1, null, TimeProvider.System);
        List<AccessStatus> told = [];
        parked.Subscribe(p => told.Add(p.Result.Status));
        Assert.True(parked.TryRun());
        parked.Cancel(AccessStatus.TimedOut);
        Assert.Empty(told);
        parked.Complete(new AccessResult(AccessStatus.Done, 1));
        parked.Complete(new AccessResult(AccessStatus.Failed, 0));
        parked.Subscribe(p => told.Add(p.Result.Status));
        Assert.Equal([AccessStatus.Done, AccessStatus.Done], told);
        Assert.False(parked.TryRun());
    }

    private static string Claim(Rig rig, int offset, int length, int? wait = null, TimeSpan? duration = null) => rig.Broker.Claim(
        new ClaimRequest
        {
            Function = PciAddress.Parse("0000:01:00.0"),
            Offset = offset,
            Length = length,
            Reason = "flashing",
            OnRead = ClaimAction.Wait,
            OnWrite = ClaimAction.Wait,
            WaitMilliseconds = wait,
            Duration = duration,
        },
        Rig.Tool).Granted!.Id;

    private static Task<AccessResult> Ended(AccessResult result)
    {
        TaskCompletionSource<AccessResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        result.Parked!.Subscribe(parked => ended.TrySetResult(parked.Result));
        return ended.Task.WaitAsync(WaitFor.Patience, TestContext.Current.CancellationToken);
    }
}
