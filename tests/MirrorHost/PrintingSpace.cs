using Fleet.Pci;

namespace Fleet.MirrorHost;

/// <summary>A configuration space in memory that prints each write that reaches it, and lets nobody in while the gate is shut.</summary>
internal sealed class PrintingSpace(PciAddress address, byte[] bytes, ManualResetEventSlim gate) : IConfigSpace
{
    private readonly Lock _lock = new();

    public PciAddress Address => address;

    public int Size => bytes.Length;

    /// <summary>False while the function's own facts are read.</summary>
    public bool Started { get; set; }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        if (Started && !gate.IsSet)
        {
            Console.WriteLine($"waiting {address} {offset:x}");
            gate.Wait();
        }

        lock (_lock)
        {
            bytes.AsSpan(offset, destination.Length).CopyTo(destination);
        }

        return ConfigResult.Done(destination.Length);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        Console.WriteLine($"write {address} {offset:x}+{source.Length:x} {Convert.ToHexStringLower(source)}");
        lock (_lock)
        {
            source.CopyTo(bytes.AsSpan(offset));
        }

        return ConfigResult.Done(source.Length);
    }
}
