using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Who drives a mailbox: every row of the table, and that what is not known counts as owned.</summary>
public sealed class MailboxOwnershipTests : IDisposable
{
    private static readonly KernelSight Modern = new(new KernelVersion(6, 12), Doe: true, "none", ReadOnly: false);
    private static readonly OwnershipSight Plain = new("nvme", HasManager: false, null, Authenticated: false, null, Asleep: false, Settling: false);

    private readonly DirectoryInfo _function = Directory.CreateTempSubdirectory("ownership-");

    [Theory]
    [InlineData("nvme", "broker")]
    [InlineData("pcieport", "broker")]
    [InlineData(null, "broker")]
    [InlineData("cxl_pci", "kernel")]
    [InlineData("vfio-pci", "vm")]
    [InlineData("nvgrace_gpu_vfio_pci", "vm")]
    [InlineData("pciback", "vm")]
    public void Decide_ByDriver_NamesTheOwner(string? driver, string owner)
    {
        MailboxOwnership decided = MailboxOwnership.Decide(Plain with { Driver = driver }, Modern);

        Assert.Equal(owner, decided.Owner);
        Assert.EndsWith(".", decided.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true, "kernel")] // nobody says what it speaks
    [InlineData("1e98:02", true, "kernel")]
    [InlineData("0001:01", true, "broker")] // the kernel's own list has no tables
    [InlineData(null, false, "broker")] // a kernel without mailboxes gives the driver none
    public void Decide_CxlDriver_OwnsTheMailboxOfTheTables(string? feature, bool kernelDoe, string owner)
    {
        OwnershipSight sight = Plain with { Driver = "cxl_pci", Features = feature is null ? null : ["doe_discovery", feature] };

        Assert.Equal(owner, MailboxOwnership.Decide(sight, Modern with { Doe = kernelDoe }).Owner);
    }

    [Theory]
    [InlineData("none", "broker")]
    [InlineData("unknown", "broker")]
    [InlineData("integrity", "none")]
    [InlineData("confidentiality", "none")]
    public void Decide_ByLockdown_ObservesOnly(string lockdown, string owner) =>
        Assert.Equal(owner, MailboxOwnership.Decide(Plain, Modern with { Lockdown = lockdown }).Owner);

    [Fact]
    public void Decide_ReadOnlyAgent_DrivesNothing() =>
        Assert.Equal("none", MailboxOwnership.Decide(Plain, Modern with { ReadOnly = true }).Owner);

    [Fact]
    public void Decide_PoweredOff_IsLeftAsleep() =>
        Assert.Equal("none", MailboxOwnership.Decide(Plain with { Asleep = true, Settling = true }, Modern).Owner);

    [Theory]
    [InlineData(6, 1, true, false, "broker")] // leaves mailboxes to drivers
    [InlineData(6, 12, false, false, "broker")] // built without
    [InlineData(6, 12, true, false, "kernel")]
    [InlineData(6, 15, true, false, "kernel")]
    [InlineData(6, 15, true, true, "broker")] // doe_features is there: it is done
    public void Decide_JustEnumerated_HoldsOffWhereTheKernelDrives(int major, int minor, bool doe, bool features, string owner)
    {
        KernelSight kernel = Modern with { Version = new KernelVersion(major, minor), Doe = doe };
        OwnershipSight sight = Plain with { Settling = true, Features = features ? ["doe_discovery"] : null };

        Assert.Equal(owner, MailboxOwnership.Decide(sight, kernel).Owner);
    }

    [Theory]
    [InlineData(6, 1)] // also where the kernel has no business with mailboxes: it is the device that is not ready
    [InlineData(6, 18)]
    public void Decide_JustReset_IsLeftAlone(int major, int minor)
    {
        MailboxOwnership decided = MailboxOwnership.Decide(
            Plain with { Settling = true, Reset = true, Features = ["doe_discovery"] }, Modern with { Version = new KernelVersion(major, minor) });

        Assert.Equal("none", decided.Owner);
        Assert.Contains("was reset just now", decided.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_SwitchUnderCxlPort_SaysWhoReadItsTables()
    {
        MailboxOwnership decided = MailboxOwnership.Decide(Plain with { Driver = "pcieport", CxlPort = "port3" }, Modern);

        Assert.Equal("broker", decided.Owner);
        Assert.Equal(
            "The driver cxl_port read the switch's tables through it when it took port3, and leaves it alone until it takes port3 anew.", decided.Reason);
    }

    [Fact]
    public void Read_SwitchWithAPortOfCxl_FindsIt()
    {
        string function = Path.Combine(_function.FullName, "bus", "pci", "devices", "0000:0e:00.0");
        string port = Path.Combine(_function.FullName, "bus", "cxl", "devices", "port3");
        Directory.CreateDirectory(function);
        Directory.CreateDirectory(port);
        File.CreateSymbolicLink(Path.Combine(port, "uport"), "../../../../pci0000:0c/0000:0c:01.0/0000:0e:00.0");

        Assert.Equal("port3", OwnershipSight.Read(function, "pcieport", null, asleep: false, settling: false, reset: false).CxlPort);
        Assert.Null(OwnershipSight.Read(function, "nvme", null, asleep: false, settling: false, reset: false).CxlPort);
        Assert.Null(OwnershipSight.Read(function + "1", "pcieport", null, asleep: false, settling: false, reset: false).CxlPort);
    }

    [Fact]
    public void Decide_KernelOfUnknownVersion_HoldsOff() =>
        Assert.Equal("kernel", MailboxOwnership.Decide(Plain with { Settling = true }, Modern with { Version = null, Doe = null }).Owner);

    [Fact]
    public void Decide_NoFeaturesWhereTheKernelShowsThem_SaysThatItFailed() =>
        Assert.Contains("could not start", MailboxOwnership.Decide(Plain, Modern with { Version = new KernelVersion(6, 18) }).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("tsm0\n", "tsm")]
    [InlineData("\n", "broker")] // a manager is there but not connected to this function
    public void Decide_SecurityManager_OwnsWhenConnected(string connect, string owner)
    {
        _function.CreateSubdirectory("tsm");
        File.WriteAllText(Path.Combine(_function.FullName, "tsm", "connect"), connect);
        File.WriteAllText(Path.Combine(_function.FullName, "authenticated"), "");

        Assert.Equal(owner, MailboxOwnership.Decide(Read(), Modern).Owner);
    }

    [Fact]
    public void Decide_AuthenticatedWithoutManager_IsTheKernel()
    {
        File.WriteAllText(Path.Combine(_function.FullName, "authenticated"), "1\n");

        Assert.Equal("kernel", MailboxOwnership.Decide(Read(), Modern).Owner);
    }

    [Theory]
    [InlineData("6.12.117+deb12-amd64", 6, 12)]
    [InlineData("7.3.4+deb13-amd64", 7, 3)]
    [InlineData("6.18-rc1", 6, 18)]
    public void Parse_KernelRelease_GivesItsVersion(string release, int major, int minor) =>
        Assert.Equal(new KernelVersion(major, minor), KernelVersion.Parse(release));

    [Theory]
    [InlineData("")]
    [InlineData("simulated")]
    [InlineData("6")]
    [InlineData("6.x")]
    public void Parse_NoKernelRelease_GivesNone(string release) => Assert.Null(KernelVersion.Parse(release));

    public void Dispose() => _function.Delete(recursive: true);

    private OwnershipSight Read() => OwnershipSight.Read(_function.FullName, "nvme", null, asleep: false, settling: false, reset: false);
}
