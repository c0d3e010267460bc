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
        return reader.Take(length);
    }
}
