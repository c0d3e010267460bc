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

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        Reads++;
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
        source.CopyTo(Bytes.AsSpan(offset));
        return ConfigResult.Done(source.Length);
    }
}
