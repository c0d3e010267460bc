using Fleet.Agent.Linux;
using Fleet.Agent.Tests.Fuse;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Linux;

/// <summary>What the agent does and leaves undone with functions, on a tree of files whose every read shows.</summary>
public sealed class LinuxTreeTests : IDisposable
{
    private static readonly PciAddress First = PciAddress.Parse(SyntheticTree.First);
    private static readonly PciAddress Second = PciAddress.Parse(SyntheticTree.Second);

    private readonly SyntheticTree _tree = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LinuxHardware _hardware;

    public LinuxTreeTests() => _hardware = new LinuxHardware(new LinuxHardwareOptions { PciRoot = _tree.Root }, _time);

    private string Attributes => $"{_tree.Root}/devices/{First}";

    [Fact]
    public void ReadFunction_PoweredOff_DoesNotTouchItsConfig()
    {
        MakeAsleep();

        FunctionFacts facts = _hardware.ReadFunction(First, null);

        Assert.Equal("D3cold", facts.PowerState);
        Assert.Empty(facts.Config);
        Assert.Contains(facts.Findings, finding => finding.Contains("D3cold", StringComparison.Ordinal));
    }

    [Fact]
    public void ReadFunction_FallenAsleep_KeepsWhatIsKnownAndDrivesNothing()
    {
        FunctionFacts awake = _hardware.ReadFunction(First, null);
        MakeAsleep();

        FunctionFacts asleep = _hardware.ReadFunction(First, awake);

        Assert.Equal(awake.Capabilities, asleep.Capabilities);
        Assert.Equal(awake.Config, asleep.Config);
        Assert.All(asleep.Mailboxes, mailbox => Assert.Equal("none", mailbox.Owner));
    }

    [Fact]
    public void ReadFunction_WokenUp_IsReadForTheFirstTime()
    {
        MakeAsleep();
        FunctionFacts asleep = _hardware.ReadFunction(First, null);
        File.WriteAllText($"{Attributes}/power_state", "D0\n");

        Assert.NotEmpty(_hardware.ReadFunction(First, asleep).Config);
    }

    [Fact]
    public void ReadFunction_SameDeviceSeenAgain_ReadsCachedAttributesOnly()
    {
        FunctionFacts known = _hardware.ReadFunction(First, null);
        File.Delete($"{Attributes}/config"); // Whoever reads it now fails.
        File.WriteAllText($"{Attributes}/power_state", "D3hot\n");

        FunctionFacts again = _hardware.ReadFunction(First, known);

        Assert.Equal("D3hot", again.PowerState);
        Assert.Equal(known.Config, again.Config);
        Assert.Equal(known.Findings, again.Findings);
    }

    [Theory]
    [InlineData(true, ConfigStatus.ReadOnly)]
    [InlineData(false, ConfigStatus.Done)]
    public void Open_ByOption_WritesOrNot(bool readOnly, ConfigStatus expected)
    {
        Assert.SkipWhen(Lockdown.Read() is not ("none" or "unknown"), "this machine's kernel is locked down");
        using LinuxHardware hardware = new(new LinuxHardwareOptions { PciRoot = _tree.Root, ReadOnly = readOnly }, _time);
        IConfigSpace space = hardware.Open(First);

        Assert.Equal(expected, space.Write(0x40, [1, 2, 3, 4]).Status);
        ((IDisposable)space).Dispose();
    }

    [Fact]
    public void Open_UnderLockdown_DeniesAsTheKernelDoes()
    {
        Assert.SkipWhen(Lockdown.Read() is "none" or "unknown", "this machine's kernel is not locked down");
        IConfigSpace space = _hardware.Open(First);

        Assert.Equal(ConfigStatus.Denied, space.Write(0x40, [1, 2, 3, 4]).Status);
        ((IDisposable)space).Dispose();
    }

    [Fact]
    public void IsSettling_OnceOver_IsTold()
    {
        List<PciAddress> over = [];
        using SettlingTime settling = new(over.Add, _time);

        Assert.True(settling.IsSettling(First));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(settling.IsSettling(First));
        settling.Begin(First);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(settling.IsSettling(First));
        Assert.Empty(over);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(settling.IsSettling(First));
        Assert.Equal([First], over);
    }

    [Fact]
    public void IsSettling_AfterAReset_BeginsAnewAndSaysSo()
    {
        List<PciAddress> over = [];
        using SettlingTime settling = new(over.Add, _time);
        settling.Begin(First);
        settling.Begin(Second);
        _time.Advance(SettlingTime.Length);
        Assert.Equal([First, Second], over.Order());

        settling.Begin(First, reset: true);
        _time.Advance(SettlingTime.Length / 2);
        settling.Begin(Second, reset: true);

        Assert.True(settling.WasReset(First));
        _time.Advance(SettlingTime.Length / 2);
        Assert.Equal((false, true), (settling.WasReset(First), settling.WasReset(Second)));
        Assert.Equal((false, true), (settling.IsSettling(First), settling.IsSettling(Second)));
    }

    [Fact]
    public void TellReset_SeenAgainWhileLeftAlone_IsOneResetInTheInventory()
    {
        Assert.Null(_hardware.ReadFunction(First, null).ResetAt);
        DateTimeOffset first = _time.GetUtcNow();
        _hardware.TellReset(First);
        FunctionFacts reset = _hardware.ReadFunction(First, null);
        _time.Advance(SettlingTime.Length / 2);
        _hardware.TellReset(First);

        Assert.Equal(first, reset.ResetAt);
        Assert.All(reset.Mailboxes, mailbox => Assert.Equal("none", mailbox.Owner));
        Assert.Equal(first, _hardware.ReadFunction(First, reset).ResetAt);
        Assert.Null(_hardware.ReadFunction(Second, null).ResetAt);

        _time.Advance(SettlingTime.Length);
        _hardware.TellReset(First);
        Assert.Equal(_time.GetUtcNow(), _hardware.ReadFunction(First, reset).ResetAt);
    }

    public void Dispose()
    {
        _hardware.Dispose();
        _tree.Dispose();
    }

    private void MakeAsleep() => File.WriteAllText($"{Attributes}/power_state", "D3cold\n");
}
