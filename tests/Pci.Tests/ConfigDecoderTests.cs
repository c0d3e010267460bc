using System.Globalization;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;
using Fleet.Testing;

namespace Fleet.Pci.Tests;

public sealed class ConfigDecoderTests
{
    private static readonly Capability[] EveryKind =
    [
        .. Enumerable.Range(0, 0x18).Select(id => new Capability(0x40, (ushort)id, 0, false, 0x40)),
        .. Enumerable.Range(0, 0x40).Select(id => new Capability(0x100, (ushort)id, 1, true, 0x40)),
    ];

    [Theory]
    [MemberData(nameof(Dump.Names), MemberType = typeof(Dump))]
    public void Decode_Dump_ReadsAsExpected(string name)
    {
        Dump dump = Dump.Find(name);
        ArraySpace space = new(dump.Bytes);
        CapabilityList list = space.Walk();

        HashSet<string> lines = [.. Lines(ConfigDecoder.Decode(ConfigSnapshot.Read(space, list), list))];

        Assert.Empty(list.Findings.Where(finding => finding.Kind is not WalkFindingKind.NullId));
        Assert.Equal([], dump.Decode.Where(line => !lines.Contains(line)).Select(line => $"{line} (got: {Nearest(lines, line)})"));
    }

    [Fact]
    public void Decode_Header_ComesFirst()
    {
        ArraySpace space = Images.Endpoint();
        CapabilityList list = space.Walk();

        DecodedBlock header = ConfigDecoder.Decode(ConfigSnapshot.Read(space, list), list)[0];

        Assert.Equal((0, "Type 0 header", 0x40), (header.Offset, header.Name, header.Length));
    }

    [Fact]
    public void Decode_NothingRead_HasNamesButNoValues()
    {
        CapabilityList list = Images.Endpoint().Dword(0x100, 0x0002_002e).Walk();

        DecodedBlock[] blocks = [.. ConfigDecoder.Decode(new ConfigImage(0x1000), list)];

        Assert.Equal(["Header", "Data Object Exchange"], blocks.Select(block => block.Name));
        Assert.All(blocks.SelectMany(block => block.Registers), register => Assert.Null(register.Value));
        Assert.All(blocks.SelectMany(block => block.Registers), register => Assert.Empty(register.Fields));
    }

    [Fact]
    public void Decode_RegistersPastTheKnownLength_AreLeftOut()
    {
        Capability cut = new(0xff0, 0x2e, 2, true, 0x10);

        DecodedBlock block = ConfigDecoder.Decode(new ConfigImage(0x1000), new CapabilityList([cut], []))[1];

        Assert.Equal(["Extended header", "Capabilities", "Control", "Status"], block.Registers.Select(register => register.Name));
    }

    [Fact]
    public void Decode_VersionOneEndpoint_HasNoRegistersOfVersionTwo()
    {
        ArraySpace space = Images.Endpoint(0x100).Dword(0x34, 0x40).Dword(0x40, 0x0001_0010);
        CapabilityList list = space.Walk();

        DecodedBlock block = ConfigDecoder.Decode(ConfigSnapshot.Read(space, list), list)[1];

        Assert.Equal("Link status", block.Registers[^1].Name);
    }

    [Fact]
    public void Decode_Fields_GoFromTheMostSignificantBitDown()
    {
        ArraySpace space = Images.Endpoint().Dword(0x100, 0x0002_002e);
        CapabilityList list = space.Walk();

        DecodedRegisterValue control = ConfigDecoder.Decode(ConfigSnapshot.Read(space, list), list)[1].Registers[2];

        Assert.Equal([31, 3, 2, 1, 0], control.Fields.Select(field => field.High));
    }

    [Fact]
    public void Decode_EveryPrefixOfEverySpace_NeverThrows()
    {
        byte[] bytes = new byte[0x140];
        new Random(1).NextBytes(bytes);
        for (int known = 0; known <= bytes.Length; known += 4)
        {
            ConfigImage image = ConfigImage.FromRanges(0x140, [(0, bytes.AsMemory(0, known))]);
            Assert.Equal(EveryKind.Length + 1, ConfigDecoder.Decode(image, new CapabilityList([.. EveryKind], [])).Length);
        }
    }

    [Theory]
    [InlineData(-4, 0x40)]
    [InlineData(0xffc, 0x40)]
    [InlineData(int.MaxValue - 3, int.MaxValue)]
    [InlineData(0x40, -1)]
    public void Decode_ImpossiblePlaceFromTheWire_GivesNoValues(int offset, int length)
    {
        CapabilityList list = new([.. EveryKind.Select(kind => kind with { Offset = offset, Length = length })], []);
        ConfigImage image = ConfigImage.FromRanges(0x1000, [(0, new byte[0x40])]);

        IEnumerable<DecodedBlock> blocks = ConfigDecoder.Decode(image, list).Skip(1);

        Assert.All(blocks.SelectMany(block => block.Registers.Where(register => register.Offset >= 0x40)), register => Assert.Null(register.Value));
    }

    [Fact]
    public void Tables_FieldsAndRegisters_FitAndDoNotOverlap()
    {
        foreach (Register[] table in TableIndex.All)
        {
            Register[] sorted = [.. table.OrderBy(register => register.Offset)];
            Assert.Equal(sorted, table);
            Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.First.Offset + pair.First.Width <= pair.Second.Offset, pair.Second.Name));
            Assert.All(table, register => Assert.Contains(register.Width, new[] { 1, 2, 4, 8 }));
            foreach (Register register in table)
            {
                Assert.All(register.Fields, field => Assert.InRange(field.High, field.Low, (register.Width * 8) - 1));
                Assert.All(register.Fields.Zip(register.Fields.Skip(1)), pair => Assert.True(pair.First.Low > pair.Second.High, $"{register.Name}.{pair.First.Name}"));
            }
        }
    }

    private static IEnumerable<string> Lines(IEnumerable<DecodedBlock> blocks)
    {
        foreach (DecodedRegisterValue register in blocks.SelectMany(block => block.Registers))
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{register.Offset:x3} {register.Name}");
            yield return string.Create(CultureInfo.InvariantCulture, $"{name} = {register.Value:x}");
            foreach (DecodedFieldValue field in register.Fields)
            {
                string value = field.Meaning is null ? field.Value.ToString("x", CultureInfo.InvariantCulture) : $"\"{field.Meaning}\"";
                yield return $"{name}.{field.Name} = {value}";
            }
        }
    }

    private static string? Nearest(IEnumerable<string> lines, string line) =>
        lines.FirstOrDefault(other => other.StartsWith(line[..(line.IndexOf(" = ", StringComparison.Ordinal) + 3)], StringComparison.Ordinal));
}
