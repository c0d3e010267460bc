using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>GET_MEASUREMENT_EXTENSION_LOG (1.3): a portion of the log.</summary>
public sealed record MeasurementLogRequest(uint Offset, uint Length)
{
    /// <summary>Writes the exact message.</summary>
    public byte[] Write(SpdmVersion version)
    {
        MessageWriter writer = new(12);
        writer.Header(version, SpdmCode.GetMeasurementLog);
        writer.UInt32(Offset);
        writer.UInt32(Length);
        return writer.ToArray();
    }

    /// <summary>Parses a request, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, SpdmVersion version, [NotNullWhen(true)] out MeasurementLogRequest? message, out ReadOnlyMemory<byte> raw)
    {
        MessageReader reader = new(source);
        reader.Header(version, SpdmCode.GetMeasurementLog);
        uint offset = reader.UInt32();
        uint length = reader.UInt32();
        message = reader.TryFinish(out raw) ? new(offset, length) : null;
        return message is not null;
    }
}
