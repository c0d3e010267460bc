namespace Fleet.Pci.Tests;

public sealed class ConfigImageTests
{
    [Fact]
    public void TryRead_NeverStored_IsUnknownAndNotZero()
    {
        ConfigImage image = new(0x100);

        Assert.False(image.TryRead8(0, out _));
        Assert.False(image.TryRead16(0, out _));
        Assert.False(image.TryRead32(0, out _));
        Assert.False(image.IsKnown(0, 4));
    }

    [Fact]
    public void TryRead_Stored_IsLittleEndian()
    {
        ConfigImage image = new(0x100);
        image.Store(0x10, [0x78, 0x56, 0x34, 0x12]);

        Assert.True(image.TryRead32(0x10, out uint dword) & image.TryRead16(0x12, out ushort word) & image.TryRead8(0x11, out byte single));
        Assert.Equal((0x12345678u, (ushort)0x1234, (byte)0x56), (dword, word, single));
    }

    [Fact]
    public void TryRead_AcrossIntoUnknown_IsUnknown()
    {
        ConfigImage image = new(0x100);
        image.Store(0x10, new byte[4]);

        Assert.False(image.TryRead32(0x12, out _));
        Assert.False(image.TryRead32(0x0e, out _));
    }

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(0xfe, 4)]
    [InlineData(0x100, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(int.MaxValue, 4)]
    [InlineData(4, int.MaxValue)]
    public void IsKnown_OutsideOrEmpty_IsFalse(int offset, int length)
    {
        ConfigImage image = new(0x100);
        image.Store(0, new byte[0x100]);

        Assert.False(image.IsKnown(offset, length));
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(0, 3)]
    [InlineData(0x100, 4)]
    [InlineData(-4, 4)]
    public void Store_NotWholeDwordsInside_Throws(int offset, int length)
    {
        Assert.ThrowsAny<ArgumentException>(() => new ConfigImage(0x100).Store(offset, new byte[length]));
    }

    [Fact]
    public void Ranges_RoundTrip_KeepsWhatIsKnown()
    {
        ConfigImage image = new(0x1000);
        image.Store(0x00, [1, 2, 3, 4, 5, 6, 7, 8]);
        image.Store(0xffc, [9, 9, 9, 9]);

        ConfigImage copy = ConfigImage.FromRanges(0x1000, image.Ranges);

        Assert.Equal([(0, 8), (0xffc, 4)], copy.Ranges.Select(range => (range.Offset, range.Bytes.Length)));
        Assert.True(copy.TryRead32(0x04, out uint value));
        Assert.Equal(0x0807_0605u, value);
    }

    [Theory]
    [InlineData(-4, 4, 0)]
    [InlineData(2, 4, 0)]
    [InlineData(0x100, 4, 0)]
    [InlineData(int.MaxValue & ~3, 4, 0)]
    [InlineData(0, 3, 0)]
    [InlineData(0, 6, 4)]
    [InlineData(0xf8, 64, 8)]
    public void FromRanges_HostileRange_KeepsWholeDwordsInside(int offset, int length, int kept)
    {
        ConfigImage image = ConfigImage.FromRanges(0x100, [(offset, new byte[length])]);

        Assert.Equal(kept, image.Ranges.Sum(range => range.Bytes.Length));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(int.MaxValue, 0x1000)]
    [InlineData(0x103, 0x100)]
    public void FromRanges_HostileSize_IsClamped(int size, int expected)
    {
        Assert.Equal(expected, ConfigImage.FromRanges(size, []).Size);
    }
}
