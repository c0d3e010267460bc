using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>ERROR. Its version byte is not checked: a VersionMismatch may carry another than was asked.</summary>
public sealed record ErrorResponse(byte Code, byte Data, ReadOnlyMemory<byte> Extended)
{
    /// <summary>Busy: send the same bytes again later.</summary>
    public const byte Busy = 0x03;

    /// <summary>LargeResponse: fetch by chunks, the handle in the first extended byte.</summary>
    public const byte LargeResponse = 0x0F;

    /// <summary>ResponseNotReady: exponent, request code, token and multiplier in the extended bytes.</summary>
    public const byte NotReady = 0x42;

    private const int MaxExtended = 32;

    /// <summary>Parses ERROR; it never enters a transcript, so that its padding need not be told apart.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, [NotNullWhen(true)] out ErrorResponse? message)
    {
        ReadOnlySpan<byte> bytes = source.Span;
        message = bytes.Length is >= 4 and <= 4 + MaxExtended + 3 && bytes[1] == (byte)SpdmCode.Error ? new(bytes[2], bytes[3], source[4..]) : null;
        if (message is not null && message.Extended.Length < message.Code switch { NotReady => 4, LargeResponse => 1, _ => 0 })
        {
            message = null;
        }

        return message is not null;
    }
}
