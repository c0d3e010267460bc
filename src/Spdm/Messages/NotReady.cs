using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>What ResponseNotReady says: ask for the answer to a request by its token, after a time (DSP0274, RESPOND_IF_READY).</summary>
public sealed record NotReady(byte Exponent, byte RequestCode, byte Token, byte Multiplier)
{
    /// <summary>The largest exponent taken: 2^23 microseconds, as PCIe CMA has it.</summary>
    public const byte MaxExponent = 23;

    /// <summary>How long to wait before asking: 2^exponent microseconds.</summary>
    public TimeSpan Delay => TimeSpan.FromMicroseconds(1L << Exponent);

    /// <summary>Reads the extended bytes; the request's code must be the one that was asked, and the exponent in bounds.</summary>
    public static bool TryRead(ErrorResponse error, byte asked, [NotNullWhen(true)] out NotReady? notReady)
    {
        ArgumentNullException.ThrowIfNull(error);
        ReadOnlySpan<byte> bytes = error.Extended.Span;
        notReady = error.Code == ErrorResponse.NotReady && bytes[0] <= MaxExponent && bytes[1] == asked && bytes[3] > 0
            ? new(bytes[0], bytes[1], bytes[2], bytes[3])
            : null;
        return notReady is not null;
    }

    /// <summary>Writes RESPOND_IF_READY.</summary>
    public byte[] Request(SpdmVersion version) => [(byte)version, (byte)SpdmCode.RespondIfReady, RequestCode, Token];
}
