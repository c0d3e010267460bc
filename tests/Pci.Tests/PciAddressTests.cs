namespace Fleet.Pci.Tests;

public sealed class PciAddressTests
{
    [Theory]
    [InlineData("0000:00:1f.7")]
    [InlineData("10000:e1:00.0")]
    [InlineData("7fffffff:ff:1f.7")]
    public void ToString_OfParsed_GivesTheTextBack(string text) => Assert.Equal(text, PciAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("00:1f.7")]
    [InlineData("0000:00:20.0")]
    [InlineData("0000:00:1f.8")]
    [InlineData("0000:00-1f.0")]
    [InlineData("80000000:00:00.0")]
    [InlineData("zzzz:00:00.0")]
    public void TryParse_NotAnAddress_ReturnsFalse(string? text) => Assert.False(PciAddress.TryParse(text, out _));
}
