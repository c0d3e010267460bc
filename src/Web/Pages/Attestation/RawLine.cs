using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Attestation;

/// <summary>A raw message as a row: names are guesses from one byte, made for reading alone.</summary>
internal sealed record RawLine(int Number, bool IsRequest, string Name, int Length, string At, string Hex)
{
    public static IEnumerable<RawLine> Of(IReadOnlyList<EvidenceMessage> messages, int most) => messages.Take(most).Select(Read);

    private static RawLine Read(EvidenceMessage message, int number)
    {
        byte[] bytes = new byte[(message.Bytes.Length / 4 * 3) + 3];
        int length = Convert.TryFromBase64String(message.Bytes, bytes, out int written) ? written : 0;
        string name = message.Secured ? "secured" : length < 2 ? "unreadable" : NameOf(bytes[1]);
        string at = (message.AtMicroseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
        return new RawLine(number, message.Direction is EvidenceDirection.Request, name, length, at, Convert.ToHexStringLower(bytes.AsSpan(0, length)));
    }

    // DSP0274, request and response codes.
    private static string NameOf(byte code) => code switch
    {
        0x81 => "GET_DIGESTS",
        0x82 => "GET_CERTIFICATE",
        0x83 => "CHALLENGE",
        0x84 => "GET_VERSION",
        0x85 => "CHUNK_SEND",
        0x86 => "CHUNK_GET",
        0xE0 => "GET_MEASUREMENTS",
        0xE1 => "GET_CAPABILITIES",
        0xE3 => "NEGOTIATE_ALGORITHMS",
        0xEF => "GET_MEASUREMENT_EXTENSION_LOG",
        0xFF => "RESPOND_IF_READY",
        0x01 => "DIGESTS",
        0x02 => "CERTIFICATE",
        0x03 => "CHALLENGE_AUTH",
        0x04 => "VERSION",
        0x06 => "CHUNK_RESPONSE",
        0x60 => "MEASUREMENTS",
        0x61 => "CAPABILITIES",
        0x63 => "ALGORITHMS",
        0x6F => "MEASUREMENT_EXTENSION_LOG",
        0x7F => "ERROR",
        _ => $"0x{code:x2}",
    };
}
