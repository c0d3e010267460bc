using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Tests;

public sealed class MessageTests
{
    private static readonly byte[] TwoVersions = [0x10, 0x04, 0, 0, 0, 2, 0, 0x11, 0, 0x12];

    [Fact]
    public void Version_EachTruncation_IsRefused()
    {
        for (int length = 0; length < TwoVersions.Length; length++)
        {
            Assert.False(VersionResponse.TryParse(TwoVersions.AsMemory(0, length), out _));
        }

        Assert.True(VersionResponse.TryParse(TwoVersions, out VersionResponse? message));
        Assert.Equal(SpdmVersion.V12, message.Best([SpdmVersion.V11, SpdmVersion.V12, SpdmVersion.V13]));
    }

    [Theory]
    [InlineData(3, 0, true)]
    [InlineData(4, 0, false)]
    [InlineData(1, 1, false)]
    public void Version_Padding_IsZeroAndAtMostThreeBytes(int count, byte value, bool expected)
    {
        byte[] padded = [.. TwoVersions, .. Enumerable.Repeat(value, count)];

        Assert.Equal(expected, VersionResponse.TryParse(padded, out VersionResponse? message));
        Assert.True(!expected || message!.Raw.Length == TwoVersions.Length);
    }

    [Theory]
    [InlineData(SpdmVersion.V10, 1, 36)]
    [InlineData(SpdmVersion.V12, 1, 37)]
    [InlineData(SpdmVersion.V13, 1, 45)]
    [InlineData(SpdmVersion.V12, 0, 4)]
    [InlineData(SpdmVersion.V14, 0, 12)]
    public void MeasurementsRequest_Written_HasTheLengthOfItsVersion(SpdmVersion version, byte attributes, int length)
    {
        byte[] bytes = new MeasurementsRequest(attributes, 0xFF, 0, new byte[32], new byte[8]).Write(version);

        Assert.Equal(length, bytes.Length);
        Assert.True(MeasurementsRequest.TryParse(bytes, version, out _, out ReadOnlyMemory<byte> raw));
        Assert.Equal(length, raw.Length);
    }

    [Theory]
    [InlineData(SpdmVersion.V12, false, 8)]
    [InlineData(SpdmVersion.V14, true, 16)]
    public void CertificateRequest_RoundTrip_KeepsItsForm(SpdmVersion version, bool large, int length)
    {
        CertificateRequest request = new(2, 0x3f8, 0x23f, large);
        byte[] bytes = request.Write(version);

        Assert.Equal(length, bytes.Length);
        Assert.True(CertificateRequest.TryParse(bytes, version, out CertificateRequest? parsed, out _));
        Assert.Equal(request, parsed);
    }

    [Fact]
    public void CertificateResponse_PortionBeyondTheRequest_IsRefused()
    {
        byte[] response = [0x12, 0x02, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4];

        Assert.True(CertificateResponse.TryParse(response, SpdmVersion.V12, new(0, 0, 4, false), out _));
        Assert.False(CertificateResponse.TryParse(response, SpdmVersion.V12, new(0, 0, 3, false), out _));
    }

    [Theory]
    [InlineData("06000000308000")]
    [InlineData("0700000030810100")]
    [InlineData("060000003003")]
    public void CertificateChain_LengthIndefiniteNotMinimalOrBeyond_IsRefused(string hex) =>
        Assert.False(CertificateChain.TryParse(Convert.FromHexString(hex), SpdmVersion.V12, 0, out _));
}
