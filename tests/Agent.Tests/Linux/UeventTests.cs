using System.Text;
using Fleet.Agent.Linux.Sensors;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Linux;

public sealed class UeventTests
{
    private static readonly PciAddress Function = PciAddress.Parse("0000:0d:00.0");

    [Theory]
    [InlineData("add", nameof(HardwareChangeKind.Added))]
    [InlineData("remove", nameof(HardwareChangeKind.Removed))]
    [InlineData("bind", nameof(HardwareChangeKind.Bound))]
    [InlineData("unbind", nameof(HardwareChangeKind.Unbound))]
    [InlineData("change", nameof(HardwareChangeKind.Changed))]
    public void ToChange_OfAFunction_SaysWhatHappened(string action, string kind)
    {
        Uevent uevent = Parse($"{action}@/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0|ACTION={action}|SUBSYSTEM=pci|PCI_SLOT_NAME=0000:0d:00.0|SEQNUM=1");

        Assert.Equal(new HardwareChange(Enum.Parse<HardwareChangeKind>(kind), Function), uevent.ToChange());
    }

    [Fact]
    public void ToChange_WithoutSlotName_TakesThePath() =>
        Assert.Equal(Function, Parse("remove@/devices/pci0000:0c/0000:0c:00.0/0000:0d:00.0|SUBSYSTEM=pci").ToChange()?.Address);

    [Fact]
    public void ToChange_OfASecurityManager_MeansLookAtEverything() =>
        Assert.Equal(HardwareChangeKind.Overrun, Parse("change@/devices/virtual/tsm/tsm0|SUBSYSTEM=tsm").ToChange()?.Kind);

    [Theory]
    [InlineData("add@/devices/virtual/net/veth0|SUBSYSTEM=net")]
    [InlineData("add@/bus/pci/drivers/nvme|SUBSYSTEM=drivers")]
    [InlineData("add@/devices/pci0000:0c|SUBSYSTEM=pci")]
    public void ToChange_OfAnythingElse_IsNone(string text) => Assert.Null(Parse(text).ToChange());

    [Theory]
    [InlineData("")]
    [InlineData("libudev")]
    [InlineData("@|SUBSYSTEM=pci")]
    [InlineData("|||")]
    public void TryParse_NotAKernelMessage_IsRefused(string text) => Assert.False(Uevent.TryParse(Bytes(text), out _));

    [Fact]
    public void TryParse_AnyBytes_DoesNotThrow()
    {
        Random random = new(20);
        byte[] sample = Bytes("add@/devices/pci0000:0c/0000:0d:00.0|ACTION=add|SUBSYSTEM=pci|PCI_SLOT_NAME=0000:0d:00.0");
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = sample[..random.Next(sample.Length + 1)];
            for (int flips = random.Next(8); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (Uevent.TryParse(bytes, out Uevent uevent))
            {
                _ = uevent.ToChange();
            }
        }
    }

    [Fact]
    public void Start_OnThisMachine_SeesTheTrialItMakes()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may ask the kernel for a message");
        using UeventListener listener = new(_ => { }, TimeProvider.System);
        listener.Listen();

        SensorReport report = listener.Start(_ => { }, WaitFor.Patience, TestContext.Current.CancellationToken);

        Assert.True(report.Works, report.Why);
    }

    [Fact]
    public void Start_WithoutListening_SaysThatItDoesNotWork()
    {
        using UeventListener listener = new(_ => { }, TimeProvider.System);

        SensorReport report = listener.Start(_ => { }, WaitFor.Patience, TestContext.Current.CancellationToken);

        Assert.False(report.Works);
        Assert.NotEmpty(report.Why);
        Assert.Empty(report.Covers);
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text.Replace('|', '\0'));

    private static Uevent Parse(string text)
    {
        Assert.True(Uevent.TryParse(Bytes(text), out Uevent uevent));
        return uevent;
    }
}
