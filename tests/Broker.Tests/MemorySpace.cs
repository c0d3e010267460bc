using Fleet.Pci;

namespace Fleet.Broker.Tests;

/// <summary>A function that remembers bytes and counts the cycles that reach it.</summary>
internal sealed class MemorySpace(string address, int size = 4096) : IConfigSpace
{
    public byte[] Bytes { get; } = new byte[size];

    public PciAddress Address { get; } = PciAddress.Parse(address);

    public int Size => Bytes.Length;

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public ConfigStatus Answer { get; set; } = ConfigStatus.Done;

    public bool IsAsleep { get; set; }

    /// <summary>Whether it keeps what reached it, which allocates.</summary>
    public bool Recording { get; init; }

    /// <summary>What was written, in order.</summary>
    public List<byte[]> Written { get; } = [];

    /// <summary>The reads that reached it, as offset and length.</summary>
    public List<(int Offset, int Length)> Asked { get; } = [];

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        Reads++;
        if (Recording)
        {
            Asked.Add((offset, destination.Length));
        }

        int count = Math.Min(destination.Length, Size - offset);
        Bytes.AsSpan(offset, count).CopyTo(destination);
        return Answer is ConfigStatus.Gone ? ConfigResult.Failed(Answer) : ConfigResult.Done(count);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        if (Answer is not ConfigStatus.Done)
        {
            return ConfigResult.Failed(Answer);
        }

        Writes++;
        if (Recording)
        {
            Written.Add(source.ToArray());
        }

        source.CopyTo(Bytes.AsSpan(offset));
        return ConfigResult.Done(source.Length);
    }
}
