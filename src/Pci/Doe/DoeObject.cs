namespace Fleet.Pci.Doe;

/// <summary>A whole data object in bytes, as a recorder keeps it or a device sends it.</summary>
public static class DoeObject
{
    /// <summary>Dwords an object with this payload has; the last dword is padded with zeros.</summary>
    public static int DwordsFor(int payloadBytes) => DoeHeader.Dwords + (int)(((long)payloadBytes + 3) / 4);

    /// <summary>Builds an object.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The payload does not fit into the largest object.</exception>
    public static byte[] Encode(DoeFeature feature, ReadOnlySpan<byte> payload)
    {
        int dwords = DwordsFor(payload.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dwords, DoeHeader.MaximumDwords, nameof(payload));
        byte[] bytes = new byte[dwords * 4];
        new DoeHeader(feature, dwords).Write(bytes);
        payload.CopyTo(bytes.AsSpan(DoeHeader.Size));
        return bytes;
    }

    /// <summary>
    /// Reads an object; false unless the bytes are exactly as long as its header says. The payload keeps its padding:
    /// only the feature's own format knows the true length.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, out DoeHeader header, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!DoeHeader.TryRead(source, out header) || source.Length != header.LengthDwords * 4)
        {
            return false;
        }

        payload = source[DoeHeader.Size..];
        return true;
    }
}
