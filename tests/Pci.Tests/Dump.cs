using System.Globalization;

namespace Fleet.Pci.Tests;

/// <summary>
/// A configuration space we made ourselves, and what it means: our reading of it and lspci's. One file per capability
/// under dumps/; sections [bytes], [size], [decode] and [lspci].
/// </summary>
internal sealed record Dump(string Name, byte[] Bytes, IReadOnlyList<string> Decode, IReadOnlyList<string> Lspci)
{
    public static IReadOnlyList<Dump> All { get; } =
        [.. Directory.EnumerateFiles(Folder(), "*.txt").Order(StringComparer.Ordinal).Select(Read)];

    public static TheoryData<string> Names => [.. All.Select(dump => dump.Name)];

    public static Dump Find(string name) => All.Single(dump => dump.Name == name);

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "dumps");

    private static Dump Read(string path)
    {
        Dictionary<string, List<string>> sections = [];
        string section = "";
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '[')
            {
                section = line.Trim('[', ']');
                sections[section] = [];
            }
            else
            {
                sections[section].Add(line);
            }
        }

        byte[] bytes = new byte[Hex(sections["size"].Single())];
        foreach (string[] parts in sections["bytes"].Select(line => line.Split(": ")))
        {
            Convert.FromHexString(parts[1].Replace(" ", "", StringComparison.Ordinal)).CopyTo(bytes, Hex(parts[0]));
        }

        return new Dump(Path.GetFileNameWithoutExtension(path), bytes, sections["decode"], sections["lspci"]);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
