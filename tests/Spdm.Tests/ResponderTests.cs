using System.Globalization;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Messages;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests;

/// <summary>The negative answers that a strict responder owes (what DMTF's validator asks for), request by request.</summary>
public sealed class ResponderTests
{
    private const byte InvalidRequest = 0x01;
    private const byte UnexpectedRequest = 0x04;
    private const byte UnsupportedRequest = 0x07;
    private const byte VersionMismatch = 0x41;

    [Fact]
    public void GetVersion_OfAnotherVersion_IsMismatchIn10()
    {
        byte[] error = new SpdmResponder(Dialogue.Options()).Answer(Convert.FromHexString("12840000"));

        Assert.Equal(Convert.FromHexString("107f4100"), error);
    }

    [Theory]
    [InlineData("1084000000000000", 0x04)] // Four zeros behind it: more than padding.
    [InlineData("10840000000000", 0)]
    [InlineData("10840000000001", 0x04)]
    public void GetVersion_Slack_IsPaddingOfThreeZerosAtMost(string hex, int refused)
    {
        byte[] answer = new SpdmResponder(Dialogue.Options()).Answer(Convert.FromHexString(hex));

        Assert.Equal(refused == 0, answer[1] == 0x04);
        Assert.True(refused == 0 || (answer[1] == 0x7F && answer[2] == InvalidRequest));
    }

    [Theory]
    [InlineData("12e10000000000000000000000100000001000", InvalidRequest)] // A byte short.
    [InlineData("12e1000000000000000000002900000029000000", InvalidRequest)] // DataTransferSize 41.
    [InlineData("12e1000000000000000000000010000000080000", InvalidRequest)] // The largest message below it.
    [InlineData("12e1000000000000000000000010000000200000", InvalidRequest)] // Not equal without CHUNK_CAP.
    [InlineData("12e1000000200000000000000010000000100000", InvalidRequest)] // CTExponent 32.
    [InlineData("12e1000000000000000200000010000000100000", InvalidRequest)] // KEY_EX without MAC and ENCRYPT.
    [InlineData("12e1000000000000000400000010000000100000", InvalidRequest)] // PSK without MAC and ENCRYPT.
    [InlineData("12e1000000000000800000000010000000100000", InvalidRequest)] // MAC without KEY_EX and PSK.
    [InlineData("12e1000000000000002000000010000000100000", InvalidRequest)] // HBEAT without a session.
    [InlineData("12e1000000000000400000000010000000100000", InvalidRequest)] // ENCRYPT without KEY_EX and PSK.
    [InlineData("12e1000000000000c00800000010000000100000", InvalidRequest)] // PSK reserved.
    [InlineData("12e1000000000000020001000010000000100000", InvalidRequest)] // CERT with PUB_KEY_ID.
    [InlineData("12e1000000000000040000000010000000100000", InvalidRequest)] // CHAL without a key.
    [InlineData("11e10000000000000601000000000000", InvalidRequest)] // 1.1: MUT_AUTH without ENCAP, and a dword too long.
    [InlineData("11e100000000000006010000", InvalidRequest)] // 1.1: MUT_AUTH without ENCAP.
    [InlineData("13e1010000000000000000000010000000100000", InvalidRequest)] // SupportedAlgorithms without CHUNK_CAP.
    [InlineData("13e10000000000000000c0000010000000100000", InvalidRequest)] // EP_INFO 3.
    [InlineData("13e10000000000000000000c0010000000100000", InvalidRequest)] // MULTI_KEY 3.
    [InlineData("15e1000000000000000000000010000000100000", VersionMismatch)]
    [InlineData("12e100", InvalidRequest)]
    public void GetCapabilities_ThatContradictItself_AreRefused(string hex, int code)
    {
        SpdmResponder responder = Begun();

        byte[] answer = responder.Answer(Convert.FromHexString(hex));

        Assert.Equal(code, answer[1] == 0x7F ? answer[2] : -1);
    }

    [Fact]
    public void GetCapabilities_Twice_IsAnsweredOnlyWhereItIsTheSame()
    {
        SpdmResponder responder = Begun();
        byte[] request = [.. AttestationPlan.Negotiate(SpdmVersion.V12).Capabilities.Span];
        byte[] other = [.. request];
        other[5] = 1;

        byte[] first = responder.Answer(request);
        Assert.Equal(first, responder.Answer(request));
        AssertError(UnexpectedRequest, SpdmVersion.V12, responder.Answer(other));
    }

    [Theory]
    [InlineData(+1)]
    [InlineData(-1)]
    [InlineData(-4)]
    public void NegotiateAlgorithms_LengthThatIsNotTheMessages_IsRefused(int by)
    {
        byte[] request = Offer(new(2, 0x38), new(3, 3));
        request[4] = (byte)(request[4] + by);

        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(request));
    }

    [Fact]
    public void NegotiateAlgorithms_TablesOutOfOrderTwiceOrOddlySized_AreRefused()
    {
        byte[] odd = Offer(new AlgorithmTable(2, 0x38));
        odd[33] = 0x30;

        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(Offer(new(3, 3), new(2, 0x38))));
        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(Offer(new(2, 0x38), new(2, 0x38))));
        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(odd));
    }

    [Fact]
    public void NegotiateAlgorithms_WithTooManyExtendedOrNothingInCommon_IsRefused()
    {
        byte[] many = Offer();
        many[28] = 21;

        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(many));
        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(AttestationPlan.Negotiate(SpdmVersion.V12, asym: 0x80).Algorithms));
        AssertError(InvalidRequest, SpdmVersion.V12, Capable().Answer(AttestationPlan.Negotiate(SpdmVersion.V12, hash: 0x8).Algorithms));
    }

    [Fact]
    public void NegotiateAlgorithms_Twice_IsAnsweredOnlyWhereItIsTheSame()
    {
        SpdmResponder responder = Capable();
        byte[] request = Offer();

        byte[] first = responder.Answer(request);
        Assert.Equal(first, responder.Answer(request));
        AssertError(UnexpectedRequest, SpdmVersion.V12, responder.Answer(Offer(new AlgorithmTable(2, 0x38))));
    }

    [Theory]
    [InlineData("12820200 0000 ff0f", InvalidRequest)] // Slot not provisioned.
    [InlineData("12820800 0000 ff0f", InvalidRequest)]
    [InlineData("12820f00 0000 ff0f", InvalidRequest)]
    [InlineData("12820000 ff7f ff0f", InvalidRequest)] // Beyond the chain.
    [InlineData("12820000 0000 0000", InvalidRequest)] // Nothing.
    [InlineData("12820000 0000", InvalidRequest)]
    [InlineData("12820000 0000 ff0f 00000000", InvalidRequest)]
    [InlineData("128302ff N", InvalidRequest)] // Slot not provisioned.
    [InlineData("128308ff N", InvalidRequest)]
    [InlineData("1283ffff N", InvalidRequest)] // No provisioned key.
    [InlineData("12830002 N", InvalidRequest)] // No such summary.
    [InlineData("128300ff", InvalidRequest)]
    [InlineData("12e00077", InvalidRequest)] // No such measurement.
    [InlineData("12e001ff N 02", InvalidRequest)] // Slot not provisioned.
    [InlineData("12e001ff N 0f", InvalidRequest)]
    [InlineData("12e001ff N", InvalidRequest)] // The slot is missing.
    [InlineData("12810000 00000000", InvalidRequest)]
    [InlineData("12ff8100", UnexpectedRequest)] // Nothing is pending.
    [InlineData("12060000 0000", UnsupportedRequest)] // Not a request.
    [InlineData("12ef0000 00000000 00010000", UnsupportedRequest)] // The log came with 1.3.
    [InlineData("12860001 0000", UnsupportedRequest)] // No CHUNK_CAP was negotiated.
    [InlineData("12900000", UnsupportedRequest)]
    [InlineData("13810000", VersionMismatch)]
    [InlineData("10810000", VersionMismatch)]
    public void Request_ThatIsWrong_GetsItsError(string hex, int code)
    {
        SpdmResponder responder = Negotiated();

        byte[] answer = responder.Answer(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal).Replace("N", new string('5', 64), StringComparison.Ordinal)));

        AssertError((byte)code, SpdmVersion.V12, answer);
        byte expected = code == UnsupportedRequest ? byte.Parse(hex.AsSpan(2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : (byte)0;
        Assert.Equal(expected, answer[3]);
    }

    [Theory]
    [InlineData("12810000")]
    [InlineData("12820000 0000 ff0f")]
    [InlineData("12e000ff")]
    public void Request_BeforeTheNegotiation_IsUnexpected(string hex)
    {
        byte[] request = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        AssertError(UnexpectedRequest, SpdmVersion.V10, new SpdmResponder(Dialogue.Options()).Answer(request));
        AssertError(UnexpectedRequest, SpdmVersion.V10, Begun().Answer(request));
        AssertError(UnexpectedRequest, SpdmVersion.V12, Capable().Answer(request));
    }

    [Fact]
    public void Request_BeyondTheTransferSize_IsTooLarge()
    {
        byte[] request = new byte[0x1200 + 4];
        (request[0], request[1], request[3]) = (0x12, (byte)SpdmCode.GetMeasurements, 0xFF);

        AssertError(0x0E, SpdmVersion.V12, Negotiated().Answer(request));
        AssertError(InvalidRequest, SpdmVersion.V12, Negotiated().Answer(request.AsMemory()[..^4])); // As long as may be, and no message all the same.
    }

    [Fact]
    public void GetMeasurements_EachKnownIndexAlone_IsAnsweredAndTheLastOneSigned()
    {
        SpdmResponder responder = Negotiated();
        byte[] known = [1, 2, 3, 4, 0x10, 0xFD, 0xFE];

        Assert.All(known, index =>
        {
            byte[] answer = responder.Answer(new byte[] { 0x12, 0xE0, 0, index });
            Assert.Equal((0x60, 1, index), (answer[1], answer[4], answer[8]));
        });
        byte[] signed = responder.Answer(Convert.FromHexString("12e001fe" + new string('5', 64) + "00"));
        Assert.Equal((0x60, 0xFE), (signed[1], signed[8]));
        Assert.Equal(8 + 4 + 19 + 32 + 2 + 64, signed.Length); // Head, block head, mode, nonce, opaque length, signature.
    }

    [Fact]
    public void GetMeasurements_SignatureOfAResponderThatDoesNotSign_IsRefused()
    {
        SpdmResponder responder = Negotiated(ResponderFault.Unsigned);

        AssertError(InvalidRequest, SpdmVersion.V12, responder.Answer(Convert.FromHexString("12e001ff" + new string('5', 64) + "00")));
    }

    [Fact]
    public void RespondIfReady_WithAnotherCodeOrToken_IsRefused()
    {
        SpdmResponder responder = Negotiated(ResponderFault.NotReady);
        byte[] error = responder.Answer(DigestsResponse.Request(SpdmVersion.V12));

        Assert.Equal(0x42, error[2]);
        AssertError(InvalidRequest, SpdmVersion.V12, responder.Answer(new byte[] { 0x12, 0xFF, 0x82, error[6] }));
    }

    [Fact]
    public void GetVersion_AtAnyTime_BeginsAnew()
    {
        SpdmResponder responder = Negotiated();

        Assert.Equal(0x04, responder.Answer(VersionResponse.Request())[1]);
        AssertError(UnexpectedRequest, SpdmVersion.V10, responder.Answer(DigestsResponse.Request(SpdmVersion.V12)));
    }

    private static SpdmResponder Begun(params ResponderFault[] faults)
    {
        SpdmResponder responder = new(Dialogue.Options(0x10, faults));
        responder.Answer(VersionResponse.Request());
        return responder;
    }

    private static SpdmResponder Capable(params ResponderFault[] faults)
    {
        SpdmResponder responder = Begun(faults);
        responder.Answer(AttestationPlan.Negotiate(SpdmVersion.V12).Capabilities);
        return responder;
    }

    private static SpdmResponder Negotiated(params ResponderFault[] faults)
    {
        SpdmResponder responder = Capable(faults);
        responder.Answer(AttestationPlan.Negotiate(SpdmVersion.V12).Algorithms);
        return responder;
    }

    private static byte[] Offer(params AlgorithmTable[] tables) => new AlgorithmsRequest(1, 2, 0x1FF, 7, 0, 0, [.. tables]).Write(SpdmVersion.V12);

    private static void AssertError(byte code, SpdmVersion version, byte[] answer)
    {
        Assert.Equal((byte)version, answer[0]);
        Assert.Equal(0x7F, answer[1]);
        Assert.Equal(code, answer[2]);
    }
}
