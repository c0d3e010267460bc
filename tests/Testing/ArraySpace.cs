using Fleet.Pci;

namespace Fleet.Testing;

/// <summary>
/// A configuration space that is an array: what is written reads back, and every access is kept. Safe for one thread.
/// </summary>
public sealed class ArraySpace(byte[] bytes, PciAddress address = default) : IConfigSpace
{
    /// <summary>Offsets and lengths of all reads, in order.</summary>
    public List<(int Offset, int Length)> Reads { get; } = [];

    /// <summary>Offsets at which a read does not succeed, and how it ends.</summary>
    public Dictionary<int, ConfigStatus> Failing { get; } = [];

    public PciAddress Address => address;

    public int Size => bytes.Length;

    /// <summary>The bytes themselves.</summary>
    public byte[] Bytes => bytes;

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        Reads.Add((offset, destination.Length));
        if (Failing.TryGetValue(offset, out ConfigStatus status))
        {
            return ConfigResult.Failed(status);
        }

        if (offset < 0 || offset >= bytes.Length)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        int count = Math.Min(destination.Length, bytes.Length - offset);
        bytes.AsSpan(offset, count).CopyTo(destination);
        return ConfigResult.Done(count);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        if (offset < 0 || offset > bytes.Length - source.Length)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        source.CopyTo(bytes.AsSpan(offset));
        return ConfigResult.Done(source.Length);
    }
}
