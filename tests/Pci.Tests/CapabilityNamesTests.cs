using Fleet.Pci.Capabilities;

namespace Fleet.Pci.Tests;

public sealed class CapabilityNamesTests
{
    [Theory]
    [InlineData("pcie", 0x10)]
    [InlineData("PCIe", 0x10)]
    [InlineData("pm", 0x01)]
    [InlineData("msi", 0x05)]
    [InlineData("msix", 0x11)]
    public void TryFind_ShortName_GivesTheId(string name, int id)
    {
        Assert.True(CapabilityNames.TryFind(name, out ushort found));
        Assert.Equal(id, found);
    }

    [Theory]
    [InlineData("doe")] // Extended.
    [InlineData("")]
    [InlineData("nothing")]
    public void TryFind_NotConventional_IsFalse(string name)
    {
        Assert.False(CapabilityNames.TryFind(name, out _));
    }

    [Fact]
    public void ShortNames_EveryKnownId_RoundTrips()
    {
        for (int id = 0; id <= 0x39; id++)
        {
            if (CapabilityNames.ShortOf((ushort)id, extended: false) is { } conventional)
            {
                Assert.True(CapabilityNames.TryFind(conventional, out ushort found) && found == id, conventional);
            }

            string extended = Assert.IsType<string>(CapabilityNames.ShortOf((ushort)id, extended: true));
            Assert.True(CapabilityNames.TryFindExtended(extended, out ushort other) && other == id, extended);
        }
    }

    [Theory]
    [InlineData(0x16, false, "Capability 0x16")]
    [InlineData(0x3a, true, "Extended capability 0x3a")]
    public void Of_UnassignedId_IsTheNumber(int id, bool extended, string name)
    {
        Assert.Equal(name, CapabilityNames.Of((ushort)id, extended));
    }
}
