using System.Globalization;
using System.Text;
using Fleet.Agent.Local;
using Fleet.Pci.Cxl;

namespace Fleet.Agent.Commands;

/// <summary>A CDAT in words.</summary>
internal static class CdatText
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Write(LocalCdat cdat)
    {
        StringBuilder text = new();
        if (cdat.Header is { } header)
        {
            text.AppendLine(Text(
                $"CDAT of {cdat.Function}, mailbox 0x{cdat.Offset:x3}: {header.Length} bytes, revision {header.Revision}, sequence {header.Sequence}"));
        }

        text.Append(TextTable.Write(["OFFSET", "STRUCTURE", "ABOUT", "SAYS"], cdat.Structures.SelectMany(Rows)));
        foreach (string finding in cdat.Findings)
        {
            text.Append("! ").AppendLine(TextTable.Printable(finding));
        }

        return text.ToString();
    }

    private static IEnumerable<string[]> Rows(CdatStructure structure)
    {
        string offset = Notation.Hex(structure.Offset);
        return structure switch
        {
            CdatMemoryRange s => [[offset, "DSMAS", Memory(s.Handle), Text($"0x{s.Base:x} + {Size(s.Size)}{Flags(s)}")]],
            CdatLatencyBandwidth s => [[offset, "DSLBIS", Memory(s.Handle), $"{Measure(s.Measures)} {Value(s.Measures, s.Value)}{Level(s.Flags)}"]],
            CdatMemorySideCache s => [[offset, "DSMSCIS", Memory(s.Handle), Text($"cache of {Size(s.Size)}, level {s.Level} of {s.Levels}, lines of {s.LineSize} bytes")]],
            CdatInitiator s => [[offset, "DSIS", s.MemoryAttached ? Memory(s.Handle) : Text($"initiator {s.Handle}"), s.MemoryAttached ? "initiator with memory" : "initiator"]],
            CdatEfiMemory s => [[offset, "DSEMTS", Memory(s.Handle), Text($"0x{s.Base:x} + {Size(s.Size)}: {s.MemoryTypeName ?? Text($"reserved type {s.MemoryType}")}")]],
            CdatSwitchLatencyBandwidth s =>
                s.Paths.Select(p => new[] { offset, "SSLBIS", $"{Port(p.From)} to {Port(p.To)}", $"{Measure(s.Measures)} {Value(s.Measures, p.Value)}" }),
            CdatUnknown s => [[offset, Text($"type {s.Type}"), "-", s.Hex]],
            _ => throw new InvalidOperationException($"No words for {structure.GetType().Name}."),
        };
    }

    private static string Memory(byte handle) => Text($"memory {handle}");

    private static string Port(ushort id) => id switch
    {
        CdatSwitchPath.UpstreamPort => "upstream port",
        CdatSwitchPath.AnyPort => "any port",
        _ => Text($"port {id}"),
    };

    private static string Flags(CdatMemoryRange range)
    {
        (bool Set, string Name)[] flags =
        [
            (range.NonVolatile, "non-volatile"), (range.Shareable, "shareable"), (range.HardwareCoherent, "hardware-coherent"),
            (range.DynamicCapacity, "dynamic capacity"), (range.ReadOnly, "read-only"),
        ];
        return string.Concat(flags.Where(f => f.Set).Select(f => ", " + f.Name));
    }

    private static string Level(byte flags) => (flags & 0xf) is 0 ? "" : Text($" (memory level {flags & 0xf})");

    private static string Measure(CdatPerformance measures) => Notation.Word(measures).Replace('-', ' ');

    private static string Value(CdatPerformance measures, ulong? value) => value switch
    {
        null => "not given",
        { } v when measures < CdatPerformance.AccessBandwidth => Text($"{v / 1000.0:0.###} ns"),
        { } v => Text($"{v} MB/s"),
    };

    private static string Size(ulong bytes)
    {
        int unit = 0;
        while (unit < Units.Length - 1 && bytes >= 1024 && bytes % 1024 is 0)
        {
            bytes /= 1024;
            unit++;
        }

        return Text($"{bytes} {Units[unit]}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
