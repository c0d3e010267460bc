using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>MEASUREMENT_EXTENSION_LOG (1.3): a portion of the log and how much remains after it. It is unsigned.</summary>
public sealed record MeasurementLogResponse(ReadOnlyMemory<byte> Portion, uint Remainder)
{
    /// <summary>Parses the answer to a request: a portion that is not empty and not more than was asked.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, MeasurementLogRequest request, [NotNullWhen(true)] out MeasurementLogResponse? message)
    {
        MessageReader reader = new(source);
        reader.Header(version, SpdmCode.MeasurementLog);
        uint length = reader.UInt32();
        uint remainder = reader.UInt32();
        reader.Require(length > 0 && length <= request.Length);
        ReadOnlyMemory<byte> portion = reader.Take(length);
        message = reader.TryFinish(out _) ? new(portion, remainder) : null;
        return message is not null;
    }
}
