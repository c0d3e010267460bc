using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Broker.Tests.Mailboxes;

public sealed class VirtualMailboxTests : IDisposable
{
    private static readonly DoeFeature Vendor = new(0x15b3, 0x01);

    private readonly DoeFunction _device = new();
    private readonly Rig _rig = new();
    private readonly BrokeredFunction _function;
    private readonly RegisterTool _tool;
    private readonly RegisterTool _other;

    public VirtualMailboxTests()
    {
        _function = _rig.Attach(_device);
        _tool = new RegisterTool(_rig.Broker, _function, Rig.Tool);
        _other = new RegisterTool(_rig.Broker, _function, Rig.Root);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Send_FreeMailbox_IsOneExchangeWithItsResponseInTheOwnWindow()
    {
        AccessResult go = _tool.Send(Vendor, 7, 8, 9);
        await Answered(_tool);

        Assert.Equal(AccessStatus.Done, go.Status);
        Assert.Equal([0x1_15b3, 5, 7, 8, 9], _tool.Receive());
        Assert.Equal(0u, _tool.Status());
        Assert.Equal((1, 0), (_device.Exchanges, _device.Aborts));
        Assert.Empty(_rig.Events);
        RecordedExchange recorded = Assert.Single(_rig.Broker.Recorder.Recent(_device.Address, DoeFunction.Offset));
        Assert.Equal((ExchangeWay.Virtual, "ok", "spdm-utils", 5, 5), (recorded.Way, recorded.Outcome, recorded.Caller.Comm, recorded.RequestDwords, recorded.ResponseDwords));
    }

    [Fact]
    public async Task Send_TwoToolsInterleaved_GetEachTheirOwn()
    {
        _tool.Put(Vendor, 1, 2);
        _other.Put(Vendor, 3);
        Assert.Equal(AccessStatus.Done, _other.Write(DoeRegisters.Control, DoeRegisters.ControlGo).Status);
        await Answered(_other);
        Assert.Equal(AccessStatus.Done, _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo).Status);
        await Answered(_tool);

        Assert.Equal([0x1_15b3, 4, 1, 2], _tool.Receive());
        Assert.Equal([0x1_15b3, 3, 3], _other.Receive());
    }

    [Fact]
    public async Task Go_WhileAnotherHasTheMailbox_IsParkedUntilTheRealGoAndNeverSeesBusy()
    {
        _device.Hold = true;
        Task<DoeOutcome> first = _rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, Vendor, new byte[4], Rig.Root, TestContext.Current.CancellationToken);
        Assert.Equal(1, _device.Exchanges);
        _tool.Put(Vendor, 5);
        Assert.Equal(0u, _tool.Status());

        AccessResult go = _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo);

        Assert.Equal(AccessStatus.Parked, go.Status);
        Assert.Equal(0u, _tool.Status());
        _rig.Time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(go.Parked!.IsCompleted);
        _device.Answer();
        await Until(() => go.Parked.IsCompleted);
        Assert.Equal(new AccessResult(AccessStatus.Done, 4), go.Parked.Result);
        Assert.Equal(DoeRegisters.StatusBusy, _tool.Status()); // Its own work now: the real Go is written.
        _device.Answer();
        await Answered(_tool);
        Assert.Equal([0x1_15b3, 3, 5], _tool.Receive());
        Assert.True((await first).Succeeded);
        Assert.Contains("spdm-utils (pid 200, uid 1000) waited", Assert.Single(_rig.Of(EventKinds.ContentionExchange)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Go_NoTurnBeforeTheDeadline_TimesOutWithErrorAndAnEvent()
    {
        _device.Mute = true; // Each of them takes its second and an abort.
        Task<DoeOutcome>[] ahead = [.. Enumerable.Range(0, 8).Select(n => _rig.Broker.ExchangeAsync(
            _device.Address, DoeFunction.Offset, Vendor, new byte[4], Rig.Root with { Pid = 300 + n }, ExchangePriority.Urgent, TestContext.Current.CancellationToken))];

        AccessResult go = _tool.Send(Vendor, 5);
        await Until(() => go.Parked!.IsCompleted, 100);

        Assert.Equal(AccessStatus.TimedOut, go.Parked!.Result.Status);
        await Until(() => _tool.Status() is not 0);
        Assert.Equal(DoeRegisters.StatusError, _tool.Status());
        Assert.Contains(
            _rig.Of(EventKinds.ContentionExchange),
            e => e.Detail!.StartsWith("spdm-utils", StringComparison.Ordinal) && e.Detail.EndsWith("and gave up.", StringComparison.Ordinal));
        await Until(() => ahead.All(a => a.IsCompleted), 100);
        RecordedExchange tool = Assert.Single(_rig.Broker.Recorder.Recent(_device.Address, DoeFunction.Offset), e => e.Way is ExchangeWay.Virtual);
        Assert.Equal(("no-turn", 0), (tool.Outcome, tool.Cycles));
    }

    [Fact]
    public async Task Cancel_OfAParkedGo_NeverReachesTheDeviceAndKeepsTheObject()
    {
        _device.Hold = true;
        Task<DoeOutcome> first = _rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, Vendor, new byte[4], Rig.Root, TestContext.Current.CancellationToken);
        AccessResult go = _tool.Send(Vendor, 5);

        go.Parked!.Cancel(AccessStatus.Interrupted);
        Assert.Equal(AccessStatus.Interrupted, go.Parked.Result.Status);
        _device.Hold = false;
        _device.Answer();
        await Until(() => first.IsCompleted);
        Assert.Equal(1, _device.Exchanges);

        // Interrupted is not done: the tool says Go again.
        await Until(() => _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo).Status is AccessStatus.Done && _device.Exchanges is 2);
        await Answered(_tool);
        Assert.Equal([0x1_15b3, 3, 5], _tool.Receive());
    }

    [Theory]
    [InlineData(0x158, 2)]
    [InlineData(0x159, 4)]
    [InlineData(0x158, 8)]
    [InlineData(0x154, 8)]
    [InlineData(0x164, 8)]
    [InlineData(0x167, 1)]
    public void Write_NotAnAlignedDword_IsRefusedWhole(int offset, int length)
    {
        Assert.Equal(AccessStatus.Refused, _rig.Broker.Write(_function, offset, new byte[length], Rig.Tool).Status);
        Assert.Equal(Decision.Refuse, Assert.Single(_rig.Of(EventKinds.ContentionAccess)).Decision);
        Assert.Equal((0, 0), (_device.Exchanges, _device.Aborts));
    }

    [Fact]
    public void Write_HeaderOrCapabilities_IsReal()
    {
        Assert.Equal(AccessStatus.Done, _tool.Write(0x04, 1).Status);
        Assert.Contains(_rig.Broker.ReadJournal().Entries, e => e is { Offset: 0x154, Decision: Decision.Allow });
    }

    [Fact]
    public void Read_BeforeTheFirstWrite_IsReal()
    {
        _device.Leave(0x0001_0001, 2);

        Assert.Equal(DoeRegisters.StatusReady, _tool.Status());
        Assert.Equal(0x0001_0001u, _tool.Read(DoeRegisters.ReadData));
        _other.Write(DoeRegisters.WriteData, 1);
        Assert.Equal(DoeRegisters.StatusReady, _tool.Status()); // Another's first write makes nothing of ours virtual.
        _tool.Write(DoeRegisters.Status, 0);
        Assert.Equal(0u, _tool.Status());
        Assert.Equal(0x0001_002eu, _tool.Read(DoeRegisters.Header));
    }

    [Fact]
    public void Read_WhileTheBrokerWorksForAnother_ShowsNoBusyToADriverAndTheTruthToLspci()
    {
        _device.Hold = true;
        _ = _rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, Vendor, new byte[4], Rig.Root, TestContext.Current.CancellationToken);

        Assert.Equal(0u, _tool.Status());
        byte[] block = new byte[20]; // What lspci reads.
        _rig.Broker.Read(_function, 0x154, block, Rig.Tool);
        Assert.Equal(DoeRegisters.StatusBusy, BitConverter.ToUInt32(block, 8));
        _device.Answer();
    }

    [Fact]
    public void Read_AcrossOwnRegisters_HasTheRealOnesBesideThem()
    {
        _device.Leave(0x0001_0001, 2);
        _tool.Write(DoeRegisters.Control, 0x6);
        byte[] bytes = new byte[32];

        Assert.Equal(32, _rig.Broker.Read(_function, 0x14e, bytes, Rig.Tool).Count);

        Assert.Equal((0x0001_002eu, 0x6u, 0u), (BitConverter.ToUInt32(bytes, 2), BitConverter.ToUInt32(bytes, 10), BitConverter.ToUInt32(bytes, 14)));
        Assert.Equal(1, _rig.Broker.Read(_function, 0x158, bytes.AsSpan(0, 1), Rig.Tool).Count);
        Assert.Equal(0x6, bytes[0]);
    }

    [Fact]
    public void Read_OfOwnRegisters_CostsTheDeviceNoCycleAndAllocatesNothing()
    {
        _tool.Write(DoeRegisters.Control, 0x2);
        byte[] bytes = new byte[4];
        _rig.Broker.Read(_function, 0x15c, bytes, Rig.Tool);
        int cycles = _device.Cycles;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _rig.Broker.Read(_function, 0x15c, bytes, Rig.Tool);
        }

        Assert.Equal((0, cycles), (GC.GetAllocatedBytesForCurrentThread() - before, _device.Cycles));
    }

    [Theory]
    [InlineData(3u, 2)] // states more than it has
    [InlineData(2u, 3)]
    [InlineData(0u, 2)] // 2^18
    [InlineData(1u, 1)]
    public void Go_WrongCount_IsDroppedWithoutASignButAnEvent(uint stated, int written)
    {
        uint[] dwords = [0x1_15b3, stated, 5];
        foreach (uint dword in dwords[..written])
        {
            _tool.Write(DoeRegisters.WriteData, dword);
        }

        Assert.Equal(AccessStatus.Done, _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo).Status);

        Assert.Equal((0u, 0), (_tool.Status(), _device.Exchanges));
        Assert.StartsWith("Discarded: spdm-utils", Assert.Single(_rig.Of(EventKinds.MailboxFault)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Go_WithAbort_IsAbort()
    {
        _tool.Put(Vendor, 5);
        Assert.Equal(AccessStatus.Done, _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo | DoeRegisters.ControlAbort | 0x6).Status);
        Assert.Equal((0x6u, 0u, 0, 0), (_tool.Read(DoeRegisters.Control), _tool.Status(), _device.Exchanges, _device.Aborts));
        _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo);
        Assert.Equal(0, _device.Exchanges); // Nothing was left to send.
    }

    [Fact]
    public async Task Abort_OfTheOwnExchangeOnTheWire_TouchesTheDeviceAndOfNoOther()
    {
        _device.Hold = true;
        _tool.Send(Vendor, 5);
        await Until(() => _device.Exchanges is 1);
        _other.Write(DoeRegisters.Control, DoeRegisters.ControlAbort);
        Assert.Equal(0, _device.Aborts);

        _tool.Write(DoeRegisters.Control, DoeRegisters.ControlAbort);

        Assert.Equal(DoeRegisters.StatusBusy, _tool.Status() | DoeRegisters.StatusBusy); // Busy until the device has done it.
        await Until(() => _tool.Status() is 0);
        Assert.Equal(1, _device.Aborts);
        _device.Hold = false;
        _tool.Send(Vendor, 6);
        await Answered(_tool);
        Assert.Equal([0x1_15b3, 3, 6], _tool.Receive());
    }

    [Fact]
    public async Task Abort_OfTheOwnExchangeThatWaits_TakesItBack()
    {
        _device.Hold = true;
        Task<DoeOutcome> first = _rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, Vendor, new byte[4], Rig.Root, TestContext.Current.CancellationToken);
        AccessResult go = _tool.Send(Vendor, 5);

        _tool.Write(DoeRegisters.Control, DoeRegisters.ControlAbort);
        await Until(() => go.Parked!.IsCompleted);

        Assert.Equal(AccessStatus.Done, go.Parked!.Result.Status);
        _device.Answer();
        await Until(() => first.IsCompleted);
        Assert.Equal((1, 0), (_device.Exchanges, _device.Aborts));
    }

    [Fact]
    public async Task Interrupt_StatusAndEnable_AreVirtual()
    {
        _tool.Write(DoeRegisters.Control, DoeRegisters.ControlInterrupt);
        _tool.Send(Vendor, 5);
        await Answered(_tool);
        Assert.Equal(DoeRegisters.StatusReady, _tool.Status()); // Go wrote Control without the enable bit, as the kernel does.
        _tool.Receive();
        _tool.Put(Vendor, 5);
        _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo | DoeRegisters.ControlInterrupt);
        await Answered(_tool);
        Assert.Equal(DoeRegisters.StatusReady | DoeRegisters.StatusInterrupt, _tool.Status());
        _tool.Write(DoeRegisters.Status, DoeRegisters.StatusInterrupt);
        Assert.Equal(DoeRegisters.StatusReady, _tool.Status());
    }

    [Fact]
    public async Task Fault_OfTheDevice_IsErrorForTheToolUntilItAborts()
    {
        _device.Mute = true;
        _tool.Send(Vendor, 5);
        await Until(() => (_tool.Status() & DoeRegisters.StatusError) != 0, 100);
        Assert.Equal(1, _device.Aborts); // The broker cleaned up already.
        _tool.Write(DoeRegisters.Control, DoeRegisters.ControlAbort);
        Assert.Equal((0u, 1), (_tool.Status(), _device.Aborts));
    }

    [Theory]
    [InlineData("kernel")]
    [InlineData("tsm")]
    [InlineData("vm")]
    [InlineData("none")]
    public void Write_MailboxOfAnother_IsBusyAndMakesNoRegisters(string owner)
    {
        _rig.Attach(_device, owner);
        RegisterTool tool = new(_rig.Broker, _rig.Broker.Functions[0], Rig.Tool);
        _device.Leave(0x0001_0001, 2);
        Assert.Equal(AccessStatus.Refused, tool.Write(DoeRegisters.WriteData, 1).Status);
        Assert.Equal(DoeRegisters.StatusReady, tool.Status());
    }

    [Theory]
    [InlineData(EnforcementMode.Observe)]
    [InlineData(EnforcementMode.Shadow)]
    public void Write_BelowEnforce_IsNeverVirtual(EnforcementMode mode)
    {
        using Rig rig = new(mode);
        RegisterTool tool = new(rig.Broker, rig.Attach(_device), Rig.Tool);
        int cycles = _device.Cycles;
        tool.Write(DoeRegisters.WriteData, 1);
        tool.Status();
        Assert.Equal(cycles + 2, _device.Cycles);
    }

    [Fact]
    public void Go_ObjectLongerThanTheLimit_IsErrorAndBounded()
    {
        for (int i = 0; i < (1 << 14) + 1; i++)
        {
            _tool.Write(DoeRegisters.WriteData, 1);
        }

        Assert.Equal(AccessStatus.Done, _tool.Write(DoeRegisters.Control, DoeRegisters.ControlGo).Status);
        Assert.Equal((DoeRegisters.StatusError, 0), (_tool.Status(), _device.Exchanges));
    }

    [Fact]
    public async Task Detach_WhileGoIsParked_AnswersGone()
    {
        _device.Hold = true;
        Task<DoeOutcome> first = _rig.Broker.ExchangeAsync(_device.Address, DoeFunction.Offset, Vendor, new byte[4], Rig.Root, TestContext.Current.CancellationToken);
        AccessResult go = _tool.Send(Vendor, 5);

        _rig.Broker.Detach(_device.Address);

        await Until(() => go.Parked!.IsCompleted && first.IsCompleted);
        Assert.Equal(AccessStatus.Gone, go.Parked!.Result.Status);
        Assert.Equal(DoeFailure.Gone, (await first).Failure);
    }

    private Task Answered(RegisterTool tool) => Until(() => (tool.Status() & DoeRegisters.StatusReady) != 0);

    /// <summary>Lets the rig's time pass until the condition holds.</summary>
    private Task Until(Func<bool> condition, int milliseconds = 1) => WaitFor.TrueAsync(() =>
    {
        bool holds = condition();
        if (!holds)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }

        return holds;
    });
}
