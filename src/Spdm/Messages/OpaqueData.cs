namespace Fleet.Spdm.Messages;

/// <summary>Opaque data: at most 1024 bytes, and none where 1.2 or later negotiated no format.</summary>
internal static class OpaqueData
{
    private const int MaxLength = 1024;

    public static ReadOnlyMemory<byte> Read(ref MessageReader reader, Negotiated negotiated)
    {
        ushort length = reader.UInt16();
        bool allowed = negotiated.Version < SpdmVersion.V12 || (negotiated.Selection.OtherParameters & 0xF) != 0;
        reader.Require(length <= MaxLength && (allowed || length == 0));
        ReadOnlyMemory<byte> opaque = reader.Take(length);
        reader.Require(negotiated.Version < SpdmVersion.V12 || (negotiated.Selection.OtherParameters & 0xF) != 2 || length == 0 || IsFormat1(opaque));
        return opaque;
    }

    /// <summary>OpaqueDataFmt1: a count and three reserved bytes, then elements of id, vendor and data, each padded to four bytes; nothing may be left over.</summary>
    private static bool IsFormat1(ReadOnlyMemory<byte> opaque)
    {
        MessageReader reader = new(opaque);
        int count = reader.Byte();
        reader.Take(3);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            reader.Byte();
            reader.Take(reader.Byte());
            reader.Take(reader.UInt16());
            ReadOnlyMemory<byte> padding = reader.Take(-reader.Position & 3);
            reader.Require(!padding.Span.ContainsAnyExcept((byte)0));
        }

        return !reader.Failed && reader.Position == opaque.Length;
    }
}
