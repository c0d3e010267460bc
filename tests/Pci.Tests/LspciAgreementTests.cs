using Fleet.Pci.Capabilities;
using Fleet.Pci.Tests.Lspci;
using Fleet.Testing;

namespace Fleet.Pci.Tests;

/// <summary>lspci reads the same bytes and must find the same capabilities under the same names with the same values.</summary>
public sealed class LspciAgreementTests
{
    private static readonly PciAddress First = new(0, 1, 0, 0);

    [Fact]
    public void Decode_EveryDump_AgreesWithLspci()
    {
        string program = RequireLspci();
        using PciBusTree tree = new();
        Dictionary<PciAddress, Dump> dumps = Dump.All.Select((dump, index) => (Address: First with { Bus = (byte)(index + 1) }, dump))
            .ToDictionary(pair => pair.Address, pair => pair.dump);
        foreach ((PciAddress address, Dump dump) in dumps)
        {
            tree.Add(address, dump.Bytes);
        }

        Dictionary<PciAddress, List<string>> output = tree.Run(program);
        bool words = PciBusTree.IsKnownVersion(program);

        foreach ((PciAddress address, Dump dump) in dumps)
        {
            CapabilityList list = new ArraySpace(dump.Bytes).Walk();
            ChainComparison.AssertSame(list, output[address], dump.Name);
            Assert.Equal([], dump.Lspci.Where(expected => words && !output[address].Any(line => line.Contains(expected, StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void Walk_EveryKnownId_HasTheNameOfLspci()
    {
        string program = RequireLspci();
        ArraySpace space = Images.Endpoint();
        int pointer = 0x34;
        for (int id = 1; id <= 0x15; id++)
        {
            int offset = 0x38 + (id * 8);
            space.Bytes[pointer] = (byte)offset;
            space.Dword(offset, (uint)id);
            pointer = offset + 1;
        }

        for (int id = 1; id <= 0x30; id++)
        {
            int offset = 0x100 + ((id - 1) * 0x40);
            uint next = id == 0x30 ? 0 : (uint)(offset + 0x40) << 20;
            space.Dword(offset, next | 0x1_0000 | (uint)id);
        }

        using PciBusTree tree = new();
        tree.Add(First, space.Bytes);

        ChainComparison.AssertSame(space.Walk(), tree.Run(program)[First], "every id");
    }

    [Fact]
    public void Walk_BrokenChains_EndWhereLspciEnds()
    {
        string program = RequireLspci();
        ArraySpace loop = Images.Endpoint().Dword(0x34, 0x40).Dword(0x40, 0x0003_5001).Dword(0x50, 0x0002_4010)
            .Dword(0x100, 0x2001_0018).Dword(0x200, 0x1431_0018).Dword(0x140, 0x1001_000e);
        using PciBusTree tree = new();
        tree.Add(First, loop.Bytes);

        List<string> lines = tree.Run(program)[First];

        ChainComparison.AssertSame(loop.Walk(), [.. lines.Where(line => !line.Contains("<chain looped>", StringComparison.Ordinal))], "loop");
        Assert.Equal(2, lines.Count(line => line.Contains("<chain looped>", StringComparison.Ordinal)));
        Assert.Equal(2, loop.Walk().Kinds().Count(kind => kind is WalkFindingKind.Loop));
    }

    private static string RequireLspci()
    {
        string? program = PciBusTree.FindLspci();
        Assert.SkipWhen(program is null, "lspci (pciutils) is not installed.");
        return program;
    }
}
