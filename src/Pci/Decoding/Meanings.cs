using System.Globalization;

namespace Fleet.Pci.Decoding;

/// <summary>Meanings that several tables share. Each gives null for a value that is reserved.</summary>
internal static class Meanings
{
    private static readonly string[] Speeds = ["2.5 GT/s", "5 GT/s", "8 GT/s", "16 GT/s", "32 GT/s", "64 GT/s", "128 GT/s"];

    public static Func<ulong, string?> OneOf(params string?[] words) =>
        value => value < (ulong)words.Length ? words[(int)value] : null;

    public static string? LinkSpeed(ulong value) => value is 0 || value > (ulong)Speeds.Length ? null : Speeds[(int)value - 1];

    /// <summary>Bit 0 of the value is 2.5 GT/s, and so on up.</summary>
    public static string? LinkSpeeds(ulong value)
    {
        IEnumerable<string> set = Speeds.Where((_, bit) => (value & (1ul << bit)) != 0);
        return value is 0 ? null : string.Join(", ", set);
    }

    public static string? LinkWidth(ulong value) => value is 0 ? null : Text($"x{value}");

    /// <summary>Sizes of payloads and read requests: 128 bytes and its doubles.</summary>
    public static string? PayloadSize(ulong value) => value > 5 ? null : Text($"{128ul << (int)value} bytes");

    public static string? VectorCount(ulong value) => value switch
    {
        0 => "1 vector",
        > 5 => null,
        _ => Text($"{1 << (int)value} vectors"),
    };

    public static string? Hex(ulong value) => Text($"0x{value:x}");

    public static Func<ulong, string?> HexShifted(int shift) => value => Text($"0x{value << shift:x}");

    /// <summary>Latency scales step by 2^5 from one nanosecond.</summary>
    public static string? LatencyScale(ulong value) => value > 5 ? null : Text($"{1ul << ((int)value * 5)} ns");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
