using Fleet.Pci;

namespace Fleet.Fuzz.Tests.Pci;

/// <summary>A space whose accesses fail now and then, and which checks the manners of whoever reads it.</summary>
internal sealed class UnreliableSpace(byte[] bytes, Random random, int failuresIn1000) : IConfigSpace
{
    public PciAddress Address => default;

    public int Size => bytes.Length;

    public int ReadCount { get; private set; }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        ReadCount++;
        Assert.Equal((0, 4), (offset % 4, destination.Length));
        Assert.InRange(offset, 0, bytes.Length - 4);
        int dice = random.Next(1000);
        if (dice < failuresIn1000)
        {
            return dice % 2 == 0 ? ConfigResult.Failed((ConfigStatus)random.Next(1, 6)) : ConfigResult.Done(random.Next(4));
        }

        bytes.AsSpan(offset, 4).CopyTo(destination);
        return ConfigResult.Done(4);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source) => throw new InvalidOperationException("Reading must not write.");
}
