using System.Diagnostics;
using Fleet.Agent.Linux;
using Fleet.Agent.Linux.Sensors;
using Fleet.Agent.Tests.Fuse;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Who has ways to devices open: links as /proc shows them, and a program that really holds one.</summary>
public sealed class HolderScanTests : IDisposable
{
    private readonly SyntheticTree _tree = new();
    private Process? _holder;

    [Theory]
    [InlineData("/sys/devices/pci0000:00/0000:00:04.0/config", nameof(HolderKind.Config), "0000:00:04.0")]
    [InlineData("/devices/pci10000:00/10000:e1:00.0/config", nameof(HolderKind.Config), "10000:e1:00.0")] // a detached sysfs
    [InlineData("/sys/devices/pci0000:00/0000:00:04.0/resource0", nameof(HolderKind.Resource), "0000:00:04.0")]
    [InlineData("/sys/devices/pci0000:00/0000:00:04.0/resource2_wc", nameof(HolderKind.Resource), "0000:00:04.0")]
    [InlineData("/proc/bus/pci/0d/00.0", nameof(HolderKind.ProcConfig), "0000:0d:00.0")]
    [InlineData("/proc/bus/pci/0001:0d/00.0", nameof(HolderKind.ProcConfig), "0001:0d:00.0")]
    [InlineData("/dev/vfio/12", nameof(HolderKind.Vfio), null)]
    [InlineData("anon_inode:[vfio-device]", nameof(HolderKind.Vfio), null)]
    [InlineData("/dev/mem", nameof(HolderKind.Memory), null)]
    public void Classify_WayToADevice_IsNamed(string link, string kind, string? function) =>
        Assert.Equal((Enum.Parse<HolderKind>(kind), function is null ? null : (PciAddress?)PciAddress.Parse(function)), HolderScan.Classify(link));

    [Theory]
    [InlineData("/sys/devices/pci0000:00/0000:00:04.0/resource")]
    [InlineData("/sys/devices/pci0000:00/0000:00:04.0/vendor")]
    [InlineData("/etc/app/config")]
    [InlineData("/proc/bus/pci/devices")]
    [InlineData("/dev/vfio/vfio")]
    [InlineData("socket:[123]")]
    [InlineData("")]
    public void Classify_AnythingElse_IsNone(string link) => Assert.Null(HolderScan.Classify(link));

    [Theory]
    [InlineData("pos:\t0\nflags:\t0100002\nmnt_id:\t25\n", true)]
    [InlineData("pos:\t0\nflags:\t0100001\n", true)]
    [InlineData("pos:\t0\nflags:\t0100000\n", false)]
    [InlineData("", false)]
    public void IsWritable_FlagsOfAnOpenFile_AreOctal(string information, bool writable) => Assert.Equal(writable, HolderScan.IsWritable(information));

    [Fact]
    public async Task Run_ProgramThatHoldsAConfigFile_IsFound()
    {
        string config = $"{_tree.Root}/devices/{SyntheticTree.First}/config";
        _holder = Process.Start("/bin/sh", ["-c", $"exec 9<>{config}; exec sleep 60"]);
        HolderScan scan = new(new ExecutableHashes());

        await WaitFor.TrueAsync(() => scan.Run().Any(holder => holder.Caller.Pid == _holder.Id && holder.Caller.Comm is "sleep"));

        Holder found = scan.Run().First(holder => holder.Caller.Pid == _holder.Id);
        Assert.Equal((HolderKind.Config, PciAddress.Parse(SyntheticTree.First), true), (found.Kind, found.Function, found.Writable));
    }

    [Fact]
    public void Start_OnATree_FindsTheFileItOpens()
    {
        using HolderSensor sensor = new(
            new TrialAccess(_tree.Root, PciAddress.Parse(SyntheticTree.First)), new HolderScan(new ExecutableHashes()), TimeProvider.System);

        SensorReport report = sensor.Start(_ => { }, WaitFor.Patience, TestContext.Current.CancellationToken);

        Assert.True(report.Works, report.Why);
        Assert.All(sensor.Look(), holder => Assert.NotEqual(Environment.ProcessId, holder.Caller.Pid));
    }

    [Fact]
    public void Find_MountsOfSysfs_HaveThisMachinesOwn()
    {
        Assert.SkipUnless(Directory.Exists("/sys/bus"), "this machine has no sysfs");

        Assert.Contains(SysfsMounts.Find(null), mount => mount is { Mountpoint: "/sys", OwnNamespace: true });
    }

    public void Dispose()
    {
        _holder?.Kill();
        _holder?.Dispose();
        _tree.Dispose();
    }
}
