using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Testing;

namespace Fleet.Broker.Tests.Mailboxes;

/// <summary>Who has registers of its own, and for how long.</summary>
public sealed class VirtualLifeTests : IDisposable
{
    private static readonly DoeFeature Vendor = new(0x15b3, 0x01);

    private readonly DoeFunction _device = new();
    private readonly Rig _rig = new();
    private readonly BrokeredFunction _function;
    private readonly RegisterTool _tool;

    public VirtualLifeTests()
    {
        _function = _rig.Attach(_device);
        _tool = new RegisterTool(_rig.Broker, _function, Rig.Tool);
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Registers_OfAProcess_OutliveItsFileAndEndWithIt()
    {
        _tool.Write(DoeRegisters.Control, 0x2);
        _rig.Broker.Expire(_ => false);
        Assert.Equal(0x2u, _tool.Read(DoeRegisters.Control));
        _rig.Broker.Expire(caller => caller.Pid == Rig.Tool.Pid);
        Assert.Equal(0u, _tool.Read(DoeRegisters.Control));
    }

    [Fact]
    public void Registers_FiveSecondsUnused_EndAndWhatWasInThemIsTold()
    {
        _tool.Put(Vendor, 1);
        _rig.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0u, _tool.Status()); // Reading is use.
        _rig.Time.Advance(TimeSpan.FromSeconds(4.9));
        _rig.Broker.Expire();
        Assert.Empty(_rig.Of(EventKinds.MailboxState));
        _rig.Time.Advance(TimeSpan.FromSeconds(0.2));
        _rig.Broker.Expire();
        Assert.Contains("ended after 5 s without use", Assert.Single(_rig.Of(EventKinds.MailboxState)).Detail, StringComparison.Ordinal);
        _device.Leave(1, 2);
        Assert.Equal(DoeRegisters.StatusReady, _tool.Status());
    }

    [Fact]
    public async Task Registers_OfOneShotTools_BelongToTheSession()
    {
        uint[] answer = [];
        int pid = 1000;
        Caller Next(int session) => Rig.Setpci with { Pid = ++pid, StartTime = (ulong)pid, SessionId = session };
        foreach (uint dword in (uint[])[0x1_15b3, 3, 42])
        {
            new RegisterTool(_rig.Broker, _function, Next(7)).Write(DoeRegisters.WriteData, dword);
            new RegisterTool(_rig.Broker, _function, Next(8)).Write(DoeRegisters.WriteData, dword + 1);
        }

        new RegisterTool(_rig.Broker, _function, Next(7)).Write(DoeRegisters.Control, DoeRegisters.ControlGo);
        RegisterTool reader = new(_rig.Broker, _function, Next(7));
        await Answered(reader);
        answer = reader.Receive();

        Assert.Equal([0x1_15b3, 3, 42], answer);
        Assert.Equal(1, _device.Exchanges);
        // Processes without a session, and tools that live longer, have registers of their own.
        Assert.Equal(AccessStatus.Done, new RegisterTool(_rig.Broker, _function, Rig.Setpci with { SessionId = null }).Write(DoeRegisters.Control, 0x2).Status);
        Assert.Equal(0u, new RegisterTool(_rig.Broker, _function, Next(7)).Read(DoeRegisters.Control));
    }

    [Fact]
    public void Write_CallerThatNobodyCanTellApart_IsRefused()
    {
        RegisterTool stranger = new(_rig.Broker, _function, new Caller { Pid = 0, Comm = "unknown" });
        Assert.Equal(AccessStatus.Refused, stranger.Write(DoeRegisters.WriteData, 1).Status);
    }

    [Fact]
    public void Write_MoreCallersThanThereIsRoomFor_IsRefusedAndBounded()
    {
        int granted = Enumerable.Range(1, 300).Count(n =>
            new RegisterTool(_rig.Broker, _function, Rig.Tool with { Pid = n }).Write(DoeRegisters.WriteData, 1).Status is AccessStatus.Done);
        Assert.Equal(128, granted);
        _rig.Time.Advance(TimeSpan.FromSeconds(6));
        _rig.Broker.Expire();
        Assert.Equal(AccessStatus.Done, new RegisterTool(_rig.Broker, _function, Rig.Tool with { Pid = 999 }).Write(DoeRegisters.WriteData, 1).Status);
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
