using Fleet.Pci.Tests.Lspci;

namespace Fleet.Pci.Tests;

/// <summary>
/// Every field that lspci prints has one of ours beside it, over random contents of every capability it knows: a flag has the value of our
/// bit, and what it prints of a value follows from the values of our fields alone.
/// </summary>
public sealed class LspciFieldTests
{
    private const int Rounds = 60;
    private static readonly string[] HeaderSections = ["Control", "Status", "Secondary status", "BridgeCtl", "Bus"];

    private readonly FieldComparison _comparison = new();

    [Fact]
    public void Decode_AnyContents_HasEveryFieldOfLspciWithItsValue()
    {
        string program = RequireLspci();
        Random random = new(20);
        List<(Specimen Specimen, byte[] Bytes)> functions = [];
        foreach (Specimen specimen in Specimens.All)
        {
            for (int round = 0; round < Rounds; round++)
            {
                byte[] contents = new byte[specimen.Length];
                random.NextBytes(contents);
                functions.Add((specimen, specimen.Fill(contents)));
            }
        }

        List<LspciBlock> blocks = LspciRun.Read(program, [.. functions.Select(f => (f.Bytes, f.Specimen.Offset))]);
        for (int i = 0; i < functions.Count; i++)
        {
            _comparison.Compare(functions[i].Specimen.Name, blocks[i], new OurFields(functions[i].Bytes, functions[i].Specimen.Offset));
        }

        AssertAgreement(header: false);
    }

    [Theory]
    [InlineData("header-endpoint", 0)]
    [InlineData("header-bridge", 1)]
    [InlineData("header-cardbus", 2)]
    public void Decode_AnyHeader_HasEveryFlagOfLspciWithItsValue(string name, byte type)
    {
        string program = RequireLspci();
        Random random = new(21);
        List<byte[]> functions = [];
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = new byte[ConfigImage.ExtendedSize];
            random.NextBytes(bytes.AsSpan(0x04, 4));
            random.NextBytes(bytes.AsSpan(0x14, 0x0c));
            random.NextBytes(bytes.AsSpan(0x3e, 2));
            bytes[0] = 0x86;
            bytes[1] = 0x80;
            (bytes[0x0a], bytes[0x0b]) = type switch { 1 => ((byte)4, (byte)6), 2 => ((byte)7, (byte)6), _ => ((byte)0, (byte)2) };
            bytes[0x0e] = type;
            bytes[type is 2 ? 0x14 : 0x34] = 0;
            functions.Add(bytes);
        }

        string[] texts = LspciRun.Run(program, functions);
        for (int i = 0; i < functions.Count; i++)
        {
            _comparison.Compare(name, LspciBlock.FindHeader(texts[i], HeaderSections), new OurFields(functions[i], 0));
        }

        AssertAgreement(header: true, name);
    }

    private static string RequireLspci()
    {
        string? program = PciBusTree.FindLspci();
        Assert.SkipWhen(program is null, "lspci (pciutils) is not installed.");
        Assert.SkipUnless(PciBusTree.IsKnownVersion(program), "The table of names is for pciutils 3.9.");
        return program;
    }

    private void AssertAgreement(bool header, string only = "")
    {
        IEnumerable<LspciName> expected = LspciName.All.Where(name =>
            name.Capability.StartsWith("header-", StringComparison.Ordinal) == header && (only.Length is 0 || name.Capability == only));
        string[] problems =
        [
            .. _comparison.Problems,
            .. expected.Where(name => !_comparison.Used.Contains(name)).Select(name => $"lspci never printed: {name}"),
        ];
        Assert.True(problems.Length is 0, string.Join('\n', problems));
    }
}
