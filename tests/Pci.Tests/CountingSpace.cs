namespace Fleet.Pci.Tests;

/// <summary>Counts the accesses to a space, those to one register apart.</summary>
internal sealed class CountingSpace(IConfigSpace space, int polled) : IConfigSpace
{
    public PciAddress Address => space.Address;

    public int Size => space.Size;

    public int Cycles { get; set; }

    public Action? Polled { get; init; }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        if (offset == polled)
        {
            Polled?.Invoke();
        }
        else
        {
            Cycles++;
        }

        return space.Read(offset, destination);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        Cycles++;
        return space.Write(offset, source);
    }
}
