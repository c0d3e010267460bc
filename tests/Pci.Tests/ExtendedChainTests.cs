using Fleet.Pci.Capabilities;
using Fleet.Testing;

namespace Fleet.Pci.Tests;

public sealed class ExtendedChainTests
{
    [Fact]
    public void Walk_ZeroAtStart_IsAnEmptyList()
    {
        CapabilityList list = Images.Endpoint().Walk();

        Assert.Empty(list.Items);
        Assert.Empty(list.Findings);
    }

    [Fact]
    public void Walk_OnesAtStart_IsUnknownAndNotEmpty()
    {
        Assert.Equal([WalkFindingKind.StartUnreadable], Images.Endpoint().Dword(0x100, 0xffff_ffff).Walk().Kinds());
    }

    [Fact]
    public void Walk_OnesInTheMiddle_IsTruncated()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x2002_002e).Dword(0x200, 0xffff_ffff).Walk();

        Assert.Equal([0x100], list.Offsets());
        Assert.Equal([WalkFindingKind.Truncated], list.Kinds());
    }

    [Fact]
    public void Walk_FailingReadInTheMiddle_IsTruncated()
    {
        ArraySpace space = Images.Endpoint().Dword(0x100, 0x2002_002e);
        space.Failing[0x200] = ConfigStatus.Gone;

        Assert.Equal([WalkFindingKind.Truncated], space.Walk().Kinds());
    }

    [Fact]
    public void Walk_Loop_StopsAtTheSecondVisit()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x2002_002e).Dword(0x200, 0x1001_0003).Walk();

        Assert.Equal([0x100, 0x200], list.Offsets());
        Assert.Equal([WalkFindingKind.Loop], list.Kinds());
    }

    [Fact]
    public void Walk_NextToItself_IsALoop()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x1001_0003).Walk();

        Assert.Equal([0x100], list.Offsets());
        Assert.Equal([WalkFindingKind.Loop], list.Kinds());
    }

    [Fact]
    public void Walk_NextBelowExtendedSpace_IsBrokenAndNotFollowed()
    {
        // lspci follows this pointer and prints a capability that does not exist.
        ArraySpace space = Images.Endpoint().Dword(0x40, 0x0001_0010).Dword(0x100, 0x0402_002e);

        CapabilityList list = space.Walk();

        Assert.Equal([0x100], list.Offsets());
        Assert.Equal([WalkFindingKind.Broken], list.Kinds());
    }

    [Fact]
    public void Walk_LowBitsSet_AreMaskedAndReported()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x1432_002e).Dword(0x140, 0x0001_0003).Walk();

        Assert.Equal([0x100, 0x140], list.Offsets());
        Assert.Equal([WalkFindingKind.Misaligned], list.Kinds());
    }

    [Fact]
    public void Walk_NullIdWithNext_GoesOn()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x1400_0000).Dword(0x140, 0x0001_0003).Walk();

        Assert.Equal([(ushort)0, (ushort)3], list.Items.Select(item => item.Id));
        Assert.Equal([WalkFindingKind.NullId], list.Kinds());
    }

    [Fact]
    public void Walk_MailboxAtTheEnd_IsPastEndAndCut()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0xffc1_0003).Dword(0xffc, 0x0002_002e).Walk();

        Assert.Equal([WalkFindingKind.PastEnd], list.Kinds());
        Assert.Equal(4, list.Items[1].Length);
    }

    [Fact]
    public void Walk_EveryDwordChained_StopsAtTheCap()
    {
        ArraySpace space = Images.Endpoint();
        for (int offset = 0x100; offset < 0x1000; offset += 4)
        {
            space.Dword(offset, ((uint)(offset + 4) << 20) | 0x1_0011);
        }

        CapabilityList list = space.Walk();

        Assert.Equal(480, list.Items.Length);
        Assert.Equal([WalkFindingKind.TooMany], list.Kinds());
    }

    [Fact]
    public void Walk_AliasOfConventionalSpace_HasNoExtendedCapabilities()
    {
        ArraySpace space = Images.Endpoint();
        for (int offset = 0x100; offset < 0x1000; offset += 0x100)
        {
            space.Bytes.AsSpan(0, 0x100).CopyTo(space.Bytes.AsSpan(offset));
        }

        CapabilityList list = space.Walk();

        Assert.Empty(list.Items);
        Assert.Equal([WalkFindingKind.Alias], list.Kinds());
    }

    [Theory]
    [InlineData(0x0b, 0x0180_0015u, 0x18)]
    [InlineData(0x23, 0x0240_1e98u, 0x24)]
    public void Walk_VendorSpecific_TakesTheStatedLength(int id, uint second, int length)
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x1_0000 | (uint)id).Dword(0x104, second).Walk();

        Assert.Equal(length, list.Items[0].Length);
        Assert.Empty(list.Findings);
    }

    [Theory]
    [InlineData(0x0b, 8)]
    [InlineData(0x23, 12)]
    public void Walk_VendorSpecificWithoutLength_IsBadLength(int id, int length)
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x1_0000 | (uint)id).Walk();

        Assert.Equal(length, list.Items[0].Length);
        Assert.Equal([WalkFindingKind.BadLength], list.Kinds());
    }

    [Fact]
    public void Walk_VendorSpecificLongerThanSpace_IsCut()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x0001_000b).Dword(0x104, 0xfff0_0001).Walk();

        Assert.Contains(WalkFindingKind.PastEnd, list.Kinds());
        Assert.Equal(0xf00, list.Items[0].Length);
    }

    [Theory]
    [InlineData(0x0042_0010u, 0x38)]
    [InlineData(0x0002_0010u, 0x2c)]
    public void Walk_ErrorReporting_HasRootRegistersOnRootPortsOnly(uint express, int length)
    {
        CapabilityList list = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, express).Dword(0x100, 0x0002_0001).Walk();

        Assert.Equal(length, list.Items[1].Length);
    }
}
