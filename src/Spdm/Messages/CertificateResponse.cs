using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>CERTIFICATE: a portion of a chain blob and how much remains after it.</summary>
public sealed record CertificateResponse(ReadOnlyMemory<byte> Raw, byte Slot, ReadOnlyMemory<byte> Portion, uint Remainder)
{
    /// <summary>Parses the answer to a request: slot and form echoed, a portion that is not empty and not more than was asked.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, CertificateRequest request, [NotNullWhen(true)] out CertificateResponse? message)
    {
        MessageReader reader = new(source);
        (byte param1, _) = reader.Header(version, SpdmCode.Certificate);
        uint length = reader.UInt16();
        uint remainder = reader.UInt16();
        reader.Require((param1 & 0xF) == request.Slot);
        if (request.Large)
        {
            reader.Require((param1 & 0x80) != 0);
            length = reader.UInt32();
            remainder = reader.UInt32();
        }

        reader.Require(length > 0 && length <= request.Length);
        ReadOnlyMemory<byte> portion = reader.Take(length);
        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, request.Slot, portion, remainder) : null;
        return message is not null;
    }
}
