using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fleet.Pci.Doe;

/// <summary>What a data object is about: the vendor that defined it and its type, written "vvvv:tt" in lower-case hexadecimal.</summary>
/// <param name="Vendor">PCI vendor id; 0001 is the PCI-SIG.</param>
/// <param name="Type">Data object type of that vendor.</param>
public readonly record struct DoeFeature(ushort Vendor, byte Type) : IParsable<DoeFeature>
{
    /// <summary>DOE discovery, which every mailbox has.</summary>
    public static readonly DoeFeature Discovery = new(0x0001, 0x00);

    /// <summary>Component measurement and authentication over SPDM.</summary>
    public static readonly DoeFeature CmaSpdm = new(0x0001, 0x01);

    /// <summary>Secured CMA/SPDM.</summary>
    public static readonly DoeFeature SecuredCmaSpdm = new(0x0001, 0x02);

    /// <summary>CXL compliance mode.</summary>
    public static readonly DoeFeature CxlCompliance = new(0x1e98, 0x00);

    /// <summary>CXL table access (CDAT).</summary>
    public static readonly DoeFeature CxlTableAccess = new(0x1e98, 0x02);

    /// <summary>Its name in words; null for one that only its vendor knows.</summary>
    public string? Name => (Vendor, Type) switch
    {
        (0x0001, 0x00) => "DOE discovery",
        (0x0001, 0x01) => "CMA/SPDM",
        (0x0001, 0x02) => "Secured CMA/SPDM",
        (0x0001, 0x03) => "CMA/SPDM with connection id",
        (0x0001, 0x04) => "Secured CMA/SPDM with connection id",
        (0x0001, 0x05) => "Async message",
        (0x1e98, 0x00) => "CXL compliance",
        (0x1e98, 0x02) => "CXL table access (CDAT)",
        _ => null,
    };

    /// <summary>Parses "vvvv:tt", any case. Never throws.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DoeFeature feature)
    {
        feature = default;
        if (text is not { Length: 7 } || text[4] != ':'
            || !ushort.TryParse(text.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort vendor)
            || !byte.TryParse(text.AsSpan(5), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte type))
        {
            return false;
        }

        feature = new DoeFeature(vendor, type);
        return true;
    }

    /// <summary>Parses "vvvv:tt", any case.</summary>
    /// <exception cref="FormatException">The text is not a feature.</exception>
    public static DoeFeature Parse(string text) =>
        TryParse(text, out DoeFeature feature) ? feature : throw new FormatException($"'{text}' is not a DOE feature (vvvv:tt).");

    static DoeFeature IParsable<DoeFeature>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<DoeFeature>.TryParse(string? s, IFormatProvider? provider, out DoeFeature result) => TryParse(s, out result);

    /// <summary>The form sysfs uses: vvvv:tt.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Vendor:x4}:{Type:x2}");
}
