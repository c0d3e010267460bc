using Fleet.Pci.Capabilities;
using Fleet.Testing;

namespace Fleet.Pci.Tests;

public sealed class CapabilityWalkTests
{
    [Fact]
    public void Walk_SoundChains_FindsAllInOrder()
    {
        ArraySpace space = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, 0xc803_5001).Dword(0x50, 0x0080_7005).Dword(0x70, 0x0002_0010)
            .Dword(0x100, 0x2002_002e).Dword(0x200, 0x0002_002e);

        CapabilityList list = space.Walk();

        Assert.Equal([0x40, 0x50, 0x70, 0x100, 0x200], list.Offsets());
        Assert.Equal([8, 16, 0x3c, 0x18, 0x18], list.Items.Select(item => item.Length));
        Assert.Equal(new Capability(0x100, 0x2e, 2, true, 0x18), list.Items[3]);
        Assert.Empty(list.Findings);
    }

    [Fact]
    public void Walk_SoundChains_ReadsOnlyAlignedHeaderDwords()
    {
        ArraySpace space = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, 0x0003_0001).Dword(0x100, 0x0002_002e);

        space.Walk();

        Assert.Equal([(0x00, 4), (0x04, 4), (0x0c, 4), (0x34, 4), (0x40, 4), (0x100, 4)], space.Reads);
    }

    [Theory]
    [InlineData(ConfigStatus.Gone)]
    [InlineData(ConfigStatus.Denied)]
    [InlineData(ConfigStatus.Failed)]
    public void Walk_HeaderFails_IsUnreadable(ConfigStatus status)
    {
        ArraySpace space = Images.Endpoint();
        space.Failing[0] = status;

        Assert.Equal([WalkFindingKind.Unreadable], space.Walk().Kinds());
    }

    [Fact]
    public void Walk_AllOnes_IsUnreadableAndNotEmpty()
    {
        ArraySpace space = new([.. Enumerable.Repeat((byte)0xff, 0x1000)]);

        CapabilityList list = space.Walk();

        Assert.Equal([WalkFindingKind.Unreadable], list.Kinds());
        Assert.Empty(list.Items);
    }

    [Fact]
    public void Walk_VirtualFunctionWithOnesForIds_WalksOn()
    {
        ArraySpace space = Images.Endpoint().Dword(0x00, 0xffff_ffff).Dword(0x34, 0x40).Dword(0x40, 0x0002_0010);

        CapabilityList list = space.Walk();

        Assert.Equal([0x40], list.Offsets());
        Assert.Empty(list.Findings);
    }

    [Fact]
    public void Walk_NoCapabilityBit_DoesNotReadThePointer()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x04, 0x0000_0006).Dword(0x34, 0x40).Dword(0x40, 0x0003_0001);

        Assert.Empty(space.Walk().Items);
        Assert.DoesNotContain((0x34, 4), space.Reads);
    }

    [Theory]
    [InlineData(0u, 0x34)]
    [InlineData(1u, 0x34)]
    [InlineData(2u, 0x14)]
    public void Walk_HeaderType_TakesItsPointer(uint type, int place)
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x0c, type << 16).Dword(place, 0x80).Dword(0x80, 0x0003_0001);

        Assert.Equal([0x80], space.Walk().Offsets());
    }

    [Fact]
    public void Walk_UnknownHeaderType_SaysSo()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x0c, 0x7f_0000).Dword(0x34, 0x40).Dword(0x40, 0x0003_0001);

        CapabilityList list = space.Walk();

        Assert.Equal([WalkFindingKind.UnknownHeader], list.Kinds());
        Assert.Empty(list.Items);
    }

    [Fact]
    public void Walk_SmallSpace_HasNoExtendedCapabilities()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40).Dword(0x40, 0x0002_0010);

        Assert.Equal([0x40], space.Walk().Offsets());
        Assert.DoesNotContain(space.Reads, read => read.Offset >= 0x100);
    }

    [Fact]
    public void Walk_ConventionalLoop_KeepsWhatItFound()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40).Dword(0x40, 0x0003_5001).Dword(0x50, 0x0000_4005);

        CapabilityList list = space.Walk();

        Assert.Equal([0x40, 0x50], list.Offsets());
        Assert.Equal([new WalkFinding(WalkFindingKind.Loop, 0x50, "The pointer at 050 leads back to 40.")], list.Findings);
    }

    [Fact]
    public void Walk_ConventionalPointerIntoHeader_IsBroken()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40).Dword(0x40, 0x0003_2001);

        CapabilityList list = space.Walk();

        Assert.Equal([0x40], list.Offsets());
        Assert.Equal([WalkFindingKind.Broken], list.Kinds());
    }

    [Fact]
    public void Walk_ConventionalMisaligned_MasksAndGoesOn()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x42).Dword(0x40, 0x0003_0001);

        CapabilityList list = space.Walk();

        Assert.Equal([0x40], list.Offsets());
        Assert.Equal([WalkFindingKind.Misaligned], list.Kinds());
    }

    [Fact]
    public void Walk_ConventionalIdFf_IsBroken()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40).Dword(0x40, 0x0003_00ff);

        Assert.Equal([WalkFindingKind.Broken], space.Walk().Kinds());
    }

    [Theory]
    [InlineData(0x40u, WalkFindingKind.StartUnreadable)]
    [InlineData(0x80u, WalkFindingKind.Truncated)]
    public void Walk_ConventionalHeaderOfOnes_TellsStartFromMiddle(uint first, WalkFindingKind kind)
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, first).Dword(0x80, 0x0003_4001).Dword(0x40, 0xffff_ffff);

        Assert.Equal([kind], space.Walk().Kinds());
    }

    [Fact]
    public void Walk_MostConventionalCapabilities_AllFit()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40);
        for (int offset = 0x40; offset < 0x100; offset += 4)
        {
            space.Dword(offset, (uint)(((offset + 4) & 0xff) << 8) | 0x06);
        }

        CapabilityList list = space.Walk();

        Assert.Equal(48, list.Items.Length);
        Assert.Empty(list.Findings);
    }

    [Fact]
    public void Walk_VendorLengthBelowHeader_IsBadLength()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40).Dword(0x40, 0x0001_0009);

        CapabilityList list = space.Walk();

        Assert.Equal([WalkFindingKind.BadLength], list.Kinds());
        Assert.Equal(4, list.Items[0].Length);
    }

    [Fact]
    public void Walk_VendorLengthPastEnd_IsCut()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0xf0).Dword(0xf0, 0x0040_0009);

        CapabilityList list = space.Walk();

        Assert.Equal([WalkFindingKind.PastEnd], list.Kinds());
        Assert.Equal(0x10, list.Items[0].Length);
    }

    [Fact]
    public void Walk_Overlap_IsReportedForBothChains()
    {
        ArraySpace space = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, 0x0002_4c10).Dword(0x4c, 0x0003_0001)
            .Dword(0x100, 0x1082_002e).Dword(0x108, 0x0001_0018);

        CapabilityList list = space.Walk();

        Assert.Equal([(WalkFindingKind.Overlap, 0x4c), (WalkFindingKind.Overlap, 0x108)], list.Findings.Select(finding => (finding.Kind, finding.Offset)));
        Assert.Equal(4, list.Items.Length);
    }
}
