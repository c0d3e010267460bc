using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fleet.Pci;

/// <summary>
/// The address of one PCI function on a host, written DDDD:BB:DD.F in lower-case hexadecimal.
/// Domains may be wider than 16 bits (a VMD controller makes 10000: and up).
/// </summary>
/// <param name="Domain">PCI domain (segment), 0 to 0x7fffffff as pciutils accepts it.</param>
/// <param name="Bus">Bus number, 0 to 255.</param>
/// <param name="Device">Device number, 0 to 31.</param>
/// <param name="Function">Function number, 0 to 7.</param>
public readonly record struct PciAddress(uint Domain, byte Bus, byte Device, byte Function)
    : IComparable<PciAddress>, IParsable<PciAddress>
{
    /// <summary>Parses the form sysfs uses. Never throws.</summary>
    /// <returns>False when a part is missing, not hexadecimal, or out of its range.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out PciAddress address)
    {
        address = default;
        if (text is null || text.Length is < 12 or > 16)
        {
            return false;
        }

        ReadOnlySpan<char> span = text;
        int tail = span.Length - 8; // ":BB:DD.F" is 8 characters.
        if (span[tail] != ':' || span[tail + 3] != ':' || span[tail + 6] != '.')
        {
            return false;
        }

        if (!TryHex(span[..tail], out uint domain) || domain > 0x7fff_ffff
            || !TryHex(span.Slice(tail + 1, 2), out uint bus)
            || !TryHex(span.Slice(tail + 4, 2), out uint device) || device > 31
            || !TryHex(span.Slice(tail + 7, 1), out uint function) || function > 7)
        {
            return false;
        }

        address = new PciAddress(domain, (byte)bus, (byte)device, (byte)function);
        return true;
    }

    /// <summary>Parses the form sysfs uses.</summary>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static PciAddress Parse(string text) =>
        TryParse(text, out PciAddress address) ? address : throw new FormatException($"'{text}' is not a PCI address (DDDD:BB:DD.F).");

    static PciAddress IParsable<PciAddress>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<PciAddress>.TryParse(string? s, IFormatProvider? provider, out PciAddress result) => TryParse(s, out result);

    /// <summary>Orders by domain, bus, device, function, as lspci does.</summary>
    public int CompareTo(PciAddress other) => Key.CompareTo(other.Key);

    /// <summary>Orders two addresses.</summary>
    public static bool operator <(PciAddress left, PciAddress right) => left.CompareTo(right) < 0;

    /// <summary>Orders two addresses.</summary>
    public static bool operator >(PciAddress left, PciAddress right) => left.CompareTo(right) > 0;

    /// <summary>Orders two addresses.</summary>
    public static bool operator <=(PciAddress left, PciAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Orders two addresses.</summary>
    public static bool operator >=(PciAddress left, PciAddress right) => left.CompareTo(right) >= 0;

    /// <summary>The form sysfs uses: DDDD:BB:DD.F.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Domain:x4}:{Bus:x2}:{Device:x2}.{Function:x1}");

    private ulong Key => ((ulong)Domain << 16) | ((ulong)Bus << 8) | ((ulong)Device << 3) | Function;

    private static bool TryHex(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
