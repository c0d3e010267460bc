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

    /// <summary>UnexpectedRequest: it came out of order, or another requester began anew.</summary>
    public const byte UnexpectedRequest = 0x04;

    /// <summary>RequestResynch: begin again at GET_VERSION.</summary>
    public const byte RequestResynch = 0x43;

    private const int MaxExtended = 32;

    /// <summary>Whether the answer is still to come: Busy, ResponseNotReady, LargeResponse.</summary>
    public bool IsDelay => Code is Busy or NotReady or LargeResponse;

    /// <summary>The code in words, as DSP0274 names it.</summary>
    public string Name => Code switch
    {
        0x01 => "InvalidRequest",
        Busy => "Busy",
        UnexpectedRequest => "UnexpectedRequest",
        0x05 => "Unspecified",
        0x06 => "DecryptError",
        0x07 => "UnsupportedRequest",
        0x08 => "RequestInFlight",
        0x0A => "SessionLimitExceeded",
        0x0B => "SessionRequired",
        0x0C => "ResetRequired",
        0x0D => "ResponseTooLarge",
        0x0E => "RequestTooLarge",
        LargeResponse => "LargeResponse",
        0x10 => "MessageLost",
        0x41 => "VersionMismatch",
        NotReady => "ResponseNotReady",
        RequestResynch => "RequestResynch",
        _ => $"code 0x{Code:x2}",
    };

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
