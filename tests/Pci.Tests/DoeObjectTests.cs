using Fleet.Pci.Doe;

namespace Fleet.Pci.Tests;

public sealed class DoeObjectTests
{
    private const int LargestPayload = (DoeHeader.MaximumDwords - 2) * 4;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(LargestPayload - 4)]
    [InlineData(LargestPayload)]
    public void Encode_ThenDecode_RoundTripsWithPadding(int length)
    {
        byte[] payload = new byte[length];
        Array.Fill(payload, (byte)0xa5);

        byte[] bytes = DoeObject.Encode(DoeFeature.CmaSpdm, payload);

        Assert.True(DoeObject.TryDecode(bytes, out DoeHeader header, out ReadOnlySpan<byte> decoded));
        Assert.Equal(DoeFeature.CmaSpdm, header.Feature);
        Assert.Equal(bytes.Length, header.LengthDwords * 4);
        Assert.True(decoded[..length].SequenceEqual(payload) && decoded[length..].IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Encode_LargestObject_StatesLengthZero()
    {
        byte[] bytes = DoeObject.Encode(DoeFeature.CmaSpdm, new byte[LargestPayload]);

        Assert.Equal([0, 0, 0, 0], bytes[4..8]);
    }

    [Fact]
    public void Encode_OverTheLargestObject_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DoeObject.Encode(DoeFeature.CmaSpdm, new byte[LargestPayload + 1]));
    }

    [Fact]
    public void TryDecode_EachTruncation_ReturnsFalse()
    {
        byte[] bytes = DoeObject.Encode(DoeFeature.CmaSpdm, new byte[12]);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(DoeObject.TryDecode(bytes.AsSpan(0, length), out _, out _));
        }
    }

    [Theory]
    [InlineData(0u, true, DoeHeader.MaximumDwords)]
    [InlineData(1u, false, 1)]
    [InlineData(2u, true, 2)]
    [InlineData(0x3_ffffu, true, 0x3_ffff)]
    [InlineData(0x4_0000u, true, DoeHeader.MaximumDwords)] // Bit 18 and up are reserved.
    [InlineData(0xffff_ffffu, true, 0x3_ffff)]
    public void TryLength_AtItsLimits_IsExact(uint dword, bool valid, int dwords)
    {
        Assert.Equal(valid, DoeHeader.TryLength(dword, out int found));
        Assert.Equal(dwords, found);
    }

    [Theory]
    [InlineData("0001:01", true)]
    [InlineData("1E98:02", true)]
    [InlineData("0001:1", false)]
    [InlineData("00001:01", false)]
    [InlineData("000g:01", false)]
    [InlineData("0001-01", false)]
    [InlineData(" 001:01", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TryParse_Feature_TakesTheFormOfSysfsOnly(string? text, bool valid)
    {
        Assert.Equal(valid, DoeFeature.TryParse(text, out DoeFeature feature));
        Assert.True(!valid || string.Equals(text, feature.ToString(), StringComparison.OrdinalIgnoreCase));
    }
}
