using System.Globalization;
using Fleet.Pci;
using Fleet.Pci.Tests.Lspci;

namespace Fleet.Fuzzing.ConfigSpaces;

/// <summary>Spaces to begin with: the dumps of the decoder's tests, and every kind of capability that lspci knows.</summary>
internal static class ConfigSpaceCorpus
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "dumps"), "*.txt").Order(StringComparer.Ordinal).Select(Read),
        .. Specimens.All.Select(Fill),
    ];

    private static byte[] Fill(Specimen specimen, int index)
    {
        byte[] contents = new byte[specimen.Length];
        Dice dice = Dice.Of(index, 0);
        dice.Fill(contents);
        return specimen.Fill(contents);
    }

    private static byte[] Read(string path)
    {
        byte[] bytes = new byte[ConfigImage.ExtendedSize];
        foreach (string line in File.ReadLines(path).SkipWhile(line => line != "[bytes]").Skip(1).TakeWhile(line => line[0] != '['))
        {
            int offset = int.Parse(line.AsSpan(0, 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            Convert.FromHexString(line[5..].Replace(" ", "", StringComparison.Ordinal)).CopyTo(bytes, offset);
        }

        return bytes;
    }
}
