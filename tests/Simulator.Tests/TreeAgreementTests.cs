using System.Buffers.Binary;
using System.Globalization;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Tests.Lspci;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Tests;

/// <summary>The real lspci and our walk and decoding agree about every function of every simulated machine.</summary>
public sealed class TreeAgreementTests
{
    [Theory]
    [InlineData(nameof(HostKind.Small))]
    [InlineData(nameof(HostKind.GpuServer))]
    [InlineData(nameof(HostKind.StorageServer))]
    [InlineData(nameof(HostKind.CxlHost))]
    public async Task Lspci_EveryFunction_HasOurCapabilitiesAndFields(string kind)
    {
        using HostTree tree = new(Enum.Parse<HostKind>(kind));
        Assert.SkipUnless((await HostTree.VersionAsync()).Contains(" 3.9.", StringComparison.Ordinal), "The table of names is for pciutils 3.9.");
        FieldComparison comparison = new();

        string[] texts = (await tree.LspciAsync("-vvv", "-n", "-D")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(tree.Functions.Keys.Order().Select(a => a.ToString()), texts.Select(t => t[..t.IndexOf(' ', StringComparison.Ordinal)]));
        foreach ((SimulatedFunction function, string text) in tree.Functions.OrderBy(f => f.Key).Select(f => f.Value).Zip(texts))
        {
            byte[] bytes = new byte[function.Size];
            function.Read(0, bytes);
            CapabilityList list = CapabilityWalk.Walk(function);
            ChainComparison.AssertSame(list, text.Split('\n').Select(line => line.Trim()), function.Address.ToString());
            foreach (Capability capability in list.Items)
            {
                comparison.Compare(NameOf(capability, list, bytes), LspciBlock.Find(text, capability.Offset), new OurFields(bytes, capability.Offset));
            }
        }

        Assert.True(comparison.Problems.Count is 0, string.Join('\n', comparison.Problems));
        Assert.True(comparison.Used.Count > 100, comparison.Used.Count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The name of a capability in the table of names.</summary>
    private static string NameOf(Capability capability, CapabilityList list, byte[] bytes)
    {
        ushort Word(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(capability.Offset + offset));
        string name = CapabilityNames.ShortOf(capability.Id, capability.Extended)!;
        int port = list.Items.Where(i => i is { Extended: false, Id: CapabilityIds.PciExpress }).Select(i => (bytes[i.Offset + 2] >> 4) & 0xf).FirstOrDefault(-1);
        return name switch
        {
            "aer" when port is 4 => "aer-root",
            "rebar" when (Word(8) & 7) is 2 => "rebar-bar2",
            "dvsec" when Word(4) is 0x1e98 => Word(8) switch
            {
                0 => "cxl-device",
                3 => "cxl-port",
                4 => "cxl-port-flush",
                5 => "cxl-device-flush",
                7 => "cxl-flexbus",
                8 => "cxl-locator",
                _ => name,
            },
            _ => name,
        };
    }
}
