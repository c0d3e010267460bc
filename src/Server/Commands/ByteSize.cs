using System.Globalization;

namespace Fleet.Server.Commands;

/// <summary>Reads 500M, 50G, 2T: powers of 1024.</summary>
internal static class ByteSize
{
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (text is not { Length: >= 2 and <= 9 } || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        int shift = char.ToUpperInvariant(text[^1]) switch { 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        bytes = number <= 100_000 ? (long)number << shift : 0;
        return shift > 0 && bytes > 0;
    }
}
