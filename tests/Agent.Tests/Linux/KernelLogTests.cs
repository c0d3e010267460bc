using System.Collections.Concurrent;
using System.Text;
using Fleet.Agent.Linux;
using Fleet.Agent.Linux.Sensors;
using Fleet.Agent.Sensors;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Records of /dev/kmsg as real kernels wrote them.</summary>
public sealed class KernelLogTests
{
    private const string Busy = "3,1204,8812345,-;nvme 0000:0d:00.0: DOE: [190] busy detected; another entity is sending conflicting requests\n SUBSYSTEM=pci\n DEVICE=+pci:0000:0d:00.0\n";
    private const string Write = "4,1300,9912345,-,caller=T154;pci 0000:0d:00.0: setpci: Unexpected write to kernel-exclusive config offset 198\n SUBSYSTEM=pci\n DEVICE=+pci:0000:0d:00.0\n";

    private static readonly PciAddress Function = PciAddress.Parse("0000:0d:00.0");

    [Fact]
    public void TryParse_Record_GivesFunctionFromItsDeviceLine()
    {
        Assert.True(KernelMessage.TryParse(Encoding.UTF8.GetBytes(Write), out KernelMessage message));

        Assert.Equal((true, 1300ul, Function, 154), (message.FromKernel, message.Sequence, message.Function, message.Tid));
    }

    [Theory]
    [InlineData("12,5,1,-;pci 0000:0d:00.0: DOE: [190] ABORT timed out\n DEVICE=+pci:0000:0d:00.0\n", false)] // a program wrote it
    [InlineData("3,5,1,-;pci 0000:0d:00.0: DOE: [190] ABORT timed out\n", true)]
    public void TryParse_ByFacility_TellsTheKernelFromPrograms(string record, bool kernel)
    {
        Assert.True(KernelMessage.TryParse(Encoding.UTF8.GetBytes(record), out KernelMessage message));
        Assert.Equal(kernel, message.FromKernel);
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("6,1,2;text")]
    [InlineData("x,1,2,-;text")]
    [InlineData("6,-1,2,-;text")]
    public void TryParse_NoRecord_IsRefused(string text) => Assert.False(KernelMessage.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("busy detected; another entity is sending conflicting requests", nameof(KernelComplaintKind.MailboxBusy), EventKinds.MailboxFault)]
    [InlineData("expected [VID, Feature] = [0001, 01], got [1e98, 02]", nameof(KernelComplaintKind.ForeignResponse), EventKinds.MailboxFault)]
    [InlineData("expected [VID, Protocol] = [0001, 01], got [1e98, 02]", nameof(KernelComplaintKind.ForeignResponse), EventKinds.MailboxFault)]
    [InlineData("ABORT timed out", nameof(KernelComplaintKind.AbortTimedOut), EventKinds.MailboxFault)]
    [InlineData("Abort failed marking mailbox dead", nameof(KernelComplaintKind.MailboxDead), EventKinds.MailboxState)]
    [InlineData("failed to reset mailbox with abort command : -5", nameof(KernelComplaintKind.ResetFailed), EventKinds.MailboxState)]
    [InlineData("failed to cache features : -5", nameof(KernelComplaintKind.DiscoveryFailed), EventKinds.MailboxState)]
    [InlineData("failed to cache protocols : -5", nameof(KernelComplaintKind.DiscoveryFailed), EventKinds.MailboxState)]
    [InlineData("failed to create mailbox: -5", nameof(KernelComplaintKind.NoMailbox), EventKinds.MailboxState)]
    public void TryRead_OfAMailbox_IsNamedAndTold(string said, string kind, string eventKind)
    {
        Assert.True(KernelComplaint.TryRead($"cxl_pci 0000:0d:00.0: DOE: [190] {said}", out KernelComplaint complaint));

        Assert.Equal((Enum.Parse<KernelComplaintKind>(kind), 0x190), (complaint.Kind, complaint.Offset));
        Assert.Equal(eventKind, ComplaintEvents.Describe(Function, complaint)?.Kind);
        Assert.Contains("0x190 of 0000:0d:00.0", ComplaintEvents.Describe(Function, complaint)?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pci 0000:0d:00.0: setpci: Unexpected write to kernel-exclusive config offset 198", "setpci", 0x198)]
    [InlineData("nvme 10000:0d:00.0: a: b: Unexpected write to kernel-exclusive config offset 4", "a: b", 4)]
    [InlineData("pci 0000:00:00.0: cyan-skillfish-: Unexpected write to kernel-exclusive config offset b8", "cyan-skillfish-", 0xb8)]
    public void TryRead_WriteIntoAClaimedRange_NamesTheProcess(string text, string comm, int offset)
    {
        Assert.True(KernelComplaint.TryRead(text, out KernelComplaint complaint));

        Assert.Equal((KernelComplaintKind.ExclusiveWrite, comm, offset), (complaint.Kind, complaint.Comm, complaint.Offset));
    }

    [Fact]
    public void TryRead_Lockdown_NamesTheProcess()
    {
        Assert.True(KernelComplaint.TryRead("Lockdown: setpci: direct PCI access is restricted; see man kernel_lockdown.7", out KernelComplaint complaint));

        Assert.Equal((KernelComplaintKind.LockedDown, "setpci"), (complaint.Kind, complaint.Comm));
    }

    [Theory]
    [InlineData("nvme 0000:0d:00.0: DOE: [190] Found feature 1 vid: 1 type: 1")]
    [InlineData("nvme 0000:0d:00.0: enabling device (0000 -> 0002)")]
    [InlineData("")]
    public void TryRead_AnythingElse_IsNone(string text) => Assert.False(KernelComplaint.TryRead(text, out _));

    [Fact]
    public void TryParse_AnyBytes_DoesNotThrow()
    {
        Random random = new(3);
        foreach (string sample in (string[])[Busy, Write])
        {
            for (int i = 0; i < 50_000; i++)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(sample)[..random.Next(sample.Length + 1)];
                for (int flips = random.Next(6); flips > 0 && bytes.Length > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                if (KernelMessage.TryParse(bytes, out KernelMessage message) && KernelComplaint.TryRead(message.Text, out KernelComplaint complaint))
                {
                    Assert.InRange(complaint.Offset ?? 0, 0, 4095);
                }
            }
        }
    }

    [Fact]
    public void Start_OnThisMachine_ReadsBackWhatItWrote()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/kmsg"), "only root may write to the kernel's log");
        ExecutableHashes hashes = new();
        using KernelLogSensor sensor = new(new KnownCallers(hashes), new SensorContext(hashes, _ => { }, (_, _, _) => { }), TimeProvider.System);

        SensorReport report = sensor.Start(_ => { }, WaitFor.Patience, TestContext.Current.CancellationToken);

        Assert.True(report.Works, report.Why);
    }

    [Fact]
    public void Take_MailboxThatTheKernelGaveUp_IsQuarantinedAndTold()
    {
        ConcurrentQueue<FleetEvent> told = new();
        List<(PciAddress, int)> quarantined = [];
        ExecutableHashes hashes = new();
        PciAddress function = PciAddress.Parse("0000:0d:00.0");
        using KernelLogSensor sensor = new(
            new KnownCallers(hashes), new SensorContext(hashes, told.Enqueue, (address, offset, _) => quarantined.Add((address, offset))), TimeProvider.System);

        sensor.Take(new KernelMessage(true, 1, "cxl_pci 0000:0d:00.0: DOE: [190] Abort failed marking mailbox dead", function, null));
        sensor.Take(new KernelMessage(true, 2, "cxl_pci 0000:0d:00.0: DOE: [1a0] ABORT timed out !", function, null));
        sensor.Take(new KernelMessage(false, 3, "cxl_pci 0000:0d:00.0: DOE: [1b0] Abort failed marking mailbox dead", function, null)); // a program's words

        Assert.Equal([(function, 0x190)], quarantined);
        Assert.Equal([EventKinds.MailboxState, EventKinds.MailboxFault], told.Select(e => e.Kind));
    }

    [Fact]
    public void Taint_BitOfUsersActs_IsToldOnce()
    {
        FakeTimeProvider time = new();
        ConcurrentQueue<FleetEvent> told = new();
        string taint = "12288";
        using TaintSensor sensor = new(new SensorContext(new ExecutableHashes(), told.Enqueue, (_, _, _) => { }), time, () => taint);
        Assert.True(sensor.Start(_ => { }, WaitFor.Patience, TestContext.Current.CancellationToken).Works);

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(told);
        taint = "12352";
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("taint", Assert.Single(told).Sensor);
    }

    [Theory]
    [InlineData("64")] // set already
    [InlineData(null)]
    public void Taint_WhereItCannotFlip_DoesNotWork(string? taint)
    {
        using TaintSensor sensor = new(new SensorContext(new ExecutableHashes(), _ => { }, (_, _, _) => { }), new FakeTimeProvider(), () => taint);

        Assert.False(sensor.Start(_ => { }, WaitFor.Patience, TestContext.Current.CancellationToken).Works);
    }
}
