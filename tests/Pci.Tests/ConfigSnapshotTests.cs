using Fleet.Pci.Capabilities;
using Fleet.Testing;

namespace Fleet.Pci.Tests;

public sealed class ConfigSnapshotTests
{
    [Fact]
    public void Read_Function_TouchesHeaderAndKnownBodiesOnly()
    {
        ArraySpace space = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, 0x0003_5001).Dword(0x50, 0x0000_0006)
            .Dword(0x100, 0x2002_002e).Dword(0x200, 0x0001_0032);
        CapabilityList list = space.Walk();
        space.Reads.Clear();

        ConfigImage image = ConfigSnapshot.Read(space, list);

        Assert.Equal([(0x00, 0x48), (0x50, 4), (0x100, 0x18), (0x200, 4)], image.Ranges.Select(range => (range.Offset, range.Bytes.Length)));
        Assert.All(space.Reads, read => Assert.True(read.Length == 4 && read.Offset % 4 == 0 && image.IsKnown(read.Offset, 4)));
        Assert.Equal(space.Reads.Count, space.Reads.Distinct().Count());
    }

    [Fact]
    public void Read_CardBus_IncludesItsLongerHeader()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x0c, 0x0002_0000);

        Assert.True(ConfigSnapshot.Read(space, space.Walk()).IsKnown(0x40, 8));
    }

    [Fact]
    public void Read_OneDwordFails_StaysUnknown()
    {
        ArraySpace space = Images.Endpoint().Dword(0x100, 0x0002_002e);
        CapabilityList list = space.Walk();
        space.Failing[0x10c] = ConfigStatus.Failed;

        ConfigImage image = ConfigSnapshot.Read(space, list);

        Assert.False(image.IsKnown(0x10c, 4));
        Assert.True(image.IsKnown(0x110, 8));
    }

    [Fact]
    public void Read_FunctionGone_StopsAsking()
    {
        ArraySpace space = Images.Endpoint().Dword(0x100, 0x0002_002e);
        CapabilityList list = space.Walk();
        space.Failing[0x10] = ConfigStatus.Gone;
        space.Reads.Clear();

        ConfigSnapshot.Read(space, list);

        Assert.Equal((0x10, 4), space.Reads[^1]);
    }

    [Fact]
    public void Read_OverlappingCapabilities_ReadsEachDwordOnce()
    {
        ArraySpace space = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, 0x0002_4810).Dword(0x48, 0x0000_0005);
        CapabilityList list = space.Walk();
        space.Reads.Clear();

        ConfigSnapshot.Read(space, list);

        Assert.Equal(space.Reads.Count, space.Reads.Distinct().Count());
    }
}
