namespace Fleet.Pci;

/// <summary>
/// The configuration space of one function, behind whatever gives access to it: sysfs, a dump, a simulated function.
/// One call is one access: an implementation passes offset and length through unchanged, because the width of an
/// access is part of its meaning (PCI Express Base, section 7.2). Safe to call from several threads.
/// </summary>
public interface IConfigSpace
{
    /// <summary>The function this space belongs to.</summary>
    PciAddress Address { get; }

    /// <summary>Size in bytes: 256 (conventional) or 4096 (with extended space).</summary>
    int Size { get; }

    /// <summary>
    /// Whether the function is powered off (D3cold), so that any cycle would wake it or give all ones. Answered without touching it;
    /// false where nobody can say.
    /// </summary>
    bool IsAsleep => false;

    /// <summary>Reads <paramref name="destination"/>.Length bytes at <paramref name="offset"/> in one access.</summary>
    /// <returns>How it ended, and how many bytes were read; fewer than asked at the end of the space.</returns>
    ConfigResult Read(int offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/> at <paramref name="offset"/> in one access.</summary>
    /// <returns>How it ended, and how many bytes were written.</returns>
    ConfigResult Write(int offset, ReadOnlySpan<byte> source);
}
