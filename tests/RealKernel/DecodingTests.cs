using System.Buffers.Binary;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Tests.Lspci;
using Fleet.RealKernel.Tests.Rig;
using Fleet.Testing;

namespace Fleet.RealKernel.Tests;

/// <summary>The fields of every capability of the machine's functions, as lspci prints them and as we decode them.</summary>
public sealed class DecodingTests(Machines machines)
{
    private const ushort Cxl = 0x1e98;
    private const int RootPort = 4;

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Decode_EveryCapability_HasTheFieldsOfLspci(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("10-kernel");
        FieldComparison comparison = new();
        int compared = 0;
        foreach ((string address, string text) in LspciOutput.Texts(step.Lines("lspci")))
        {
            byte[] bytes = step.Bytes($"{address}.config");
            foreach (Capability item in CapabilityWalk.Walk(new ArraySpace(bytes)).Items)
            {
                if (NameOf(item, bytes) is { } name)
                {
                    comparison.Compare(name, LspciBlock.Find(text, item.Offset), new OurFields(bytes, item.Offset));
                    compared++;
                }
            }
        }

        Assert.True(comparison.Problems.Count is 0, string.Join('\n', comparison.Problems));
        Assert.True(compared > 60, $"{compared} capabilities were compared.");
    }

    /// <summary>The word under which the table of names has it; null for a capability of which lspci prints no field.</summary>
    private static string? NameOf(Capability item, byte[] bytes) => (item.Extended, item.Id) switch
    {
        (false, 0x01) => "pm",
        (false, 0x05) => "msi",
        (false, 0x0d) => "ssvid",
        (false, 0x10) => "pcie",
        (false, 0x11) => "msix",
        (false, 0x12) => "sata",
        (true, 0x01) => PortType(bytes) is RootPort ? "aer-root" : "aer",
        (true, 0x03) => "dsn",
        (true, 0x0d) => "acs",
        (true, 0x2e) => "doe",
        (true, 0x23) when BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(item.Offset + 4)) is Cxl => NameOfCxl(bytes[item.Offset + 8]),
        _ => null,
    };

    private static string? NameOfCxl(byte id) => id switch
    {
        0 => "cxl-device",
        3 => "cxl-port",
        4 => "cxl-port-flush",
        5 => "cxl-device-flush",
        7 => "cxl-flexbus",
        8 => "cxl-locator",
        _ => null,
    };

    private static int PortType(byte[] bytes)
    {
        Capability[] express = [.. CapabilityWalk.Walk(new ArraySpace(bytes)).Items.Where(item => !item.Extended && item.Id is 0x10)];
        return express.Length is 0 ? 0 : (bytes[express[0].Offset + 2] >> 4) & 0xf;
    }
}
