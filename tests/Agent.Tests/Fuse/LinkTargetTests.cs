using Fleet.Agent.Fuse;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>Links of a tree laid out as sysfs does it: devices/* are links into a hierarchy elsewhere.</summary>
public sealed class LinkTargetTests : IDisposable
{
    private const string Bridge = "0000:00:01.0";
    private const string Behind = "0000:01:00.0";

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("link-target-");

    public LinkTargetTests()
    {
        string real = Path.Combine(_place.FullName, "devices", "pci0000:00", Bridge, Behind);
        Directory.CreateDirectory(real);
        Directory.CreateDirectory(Path.Combine(Root, "devices"));
        Directory.CreateDirectory(Path.Combine(Root, "drivers", "nvme"));
        File.CreateSymbolicLink(Path.Combine(Root, "devices", Bridge), $"../../../devices/pci0000:00/{Bridge}");
        File.CreateSymbolicLink(Path.Combine(Root, "devices", Behind), $"../../../devices/pci0000:00/{Bridge}/{Behind}");
        File.CreateSymbolicLink(Path.Combine(Root, "drivers", "nvme", Behind), $"../../../../devices/pci0000:00/{Bridge}/{Behind}");
        File.CreateSymbolicLink(Path.Combine(real, "driver"), "../../../../bus/pci/drivers/nvme");
        File.CreateSymbolicLink(Path.Combine(real, "firmware_node"), "../../../LNXSYSTM:00");
    }

    private string Root => Path.Combine(_place.FullName, "bus", "pci");

    [Fact]
    public void Resolve_Driver_StaysInTheMirror()
    {
        Assert.Equal("../../drivers/nvme", LinkTarget.Resolve(Root, $"devices/{Behind}/driver"));
    }

    [Fact]
    public void Resolve_DriverSeenThroughTheBridge_StaysInTheMirror()
    {
        Assert.Equal("../../../drivers/nvme", LinkTarget.Resolve(Root, $"devices/{Bridge}/{Behind}/driver"));
    }

    [Fact]
    public void Resolve_FunctionOfADriver_LeadsToTheMirroredFunction()
    {
        Assert.Equal($"../../devices/{Behind}", LinkTarget.Resolve(Root, $"drivers/nvme/{Behind}"));
    }

    [Fact]
    public void Resolve_OutsideTheTree_IsRelativeAndReachesTheRoot()
    {
        string target = LinkTarget.Resolve(Root, $"devices/{Behind}/firmware_node")!;

        Assert.StartsWith("../../../", target, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_place.FullName, "devices", "LNXSYSTM:00"), Path.GetFullPath(target, "/"));
    }

    [Fact]
    public void Resolve_NoLink_IsNull()
    {
        Assert.Null(LinkTarget.Resolve(Root, "drivers/nvme"));
    }

    public void Dispose() => _place.Delete(recursive: true);
}
