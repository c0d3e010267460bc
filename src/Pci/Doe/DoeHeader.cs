using System.Buffers.Binary;

namespace Fleet.Pci.Doe;

/// <summary>The two dwords every data object begins with (PCI Express Base, section 6.30).</summary>
/// <param name="Feature">What the object is about.</param>
/// <param name="LengthDwords">Length in dwords, the header included: 2 to 2^18.</param>
public readonly record struct DoeHeader(DoeFeature Feature, int LengthDwords)
{
    /// <summary>Length of the header itself.</summary>
    public const int Dwords = 2;

    /// <summary>Length of the header itself in bytes.</summary>
    public const int Size = Dwords * 4;

    /// <summary>The longest object the length field can state.</summary>
    public const int MaximumDwords = 1 << 18;

    private const uint LengthMask = MaximumDwords - 1;

    /// <summary>First dword: vendor and type.</summary>
    public uint First => Feature.Vendor | ((uint)Feature.Type << 16);

    /// <summary>Second dword: the length. The largest object is written as 0.</summary>
    public uint Second => (uint)LengthDwords & LengthMask;

    /// <summary>Reads the first dword. Its reserved byte is ignored, as the specification asks of receivers.</summary>
    public static DoeFeature FeatureOf(uint first) => new((ushort)first, (byte)(first >> 16));

    /// <summary>Reads the second dword; false when it states less than the header itself.</summary>
    public static bool TryLength(uint second, out int dwords)
    {
        dwords = (int)(second & LengthMask);
        if (dwords == 0)
        {
            dwords = MaximumDwords; // 0 encodes 2^18 dwords: it is the largest object, not an empty one.
        }

        return dwords >= Dwords;
    }

    /// <summary>Reads a header that a device wrote.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out DoeHeader header)
    {
        header = default;
        if (source.Length < Size || !TryLength(BinaryPrimitives.ReadUInt32LittleEndian(source[4..]), out int dwords))
        {
            return false;
        }

        header = new DoeHeader(FeatureOf(BinaryPrimitives.ReadUInt32LittleEndian(source)), dwords);
        return true;
    }

    /// <summary>Writes the header into the first 8 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, First);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Second);
    }
}
