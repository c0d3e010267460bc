using System.Globalization;
using System.Text;
using Fleet.Contracts;
using Fleet.Pci.Capabilities;

namespace Fleet.Agent.Commands;

/// <summary>One function in words: what lspci -vvv tells, and what lspci cannot know.</summary>
internal static class DeviceText
{
    public static string Write(LocalFunction function, int width, bool brief)
    {
        StringBuilder text = new();
        Head(text, function.Facts);
        Section(text, "Map", Map(function));
        Section(text, "Mailboxes", Mailboxes(function.Facts));
        Section(text, "Claims", function.Claims.Count is 0 ? "None.\n" : ClaimText.Table(function.Claims, withFunction: false));
        Section(text, "Touched lately, through the broker", Touches(function.Touches));
        Section(text, "Seen going around the broker", Bypasses(function.Bypasses));
        if (!brief)
        {
            Section(text, "Registers", RegisterText.Write(function.Decoded, Math.Max(width - 2, 40)));
        }

        foreach (string finding in function.Facts.Findings)
        {
            text.AppendLine().Append("! ").AppendLine(TextTable.Printable(finding));
        }

        return text.ToString();
    }

    private static void Head(StringBuilder text, FunctionFacts f)
    {
        string name = $"{f.VendorName} {f.DeviceName}".Trim();
        text.AppendLine(TextTable.Printable(
            $"{f.Address} {f.ClassName ?? "Class " + f.ClassCode}: {(name.Length > 0 ? name : "unknown device")} [{f.VendorId}:{f.DeviceId}] (rev {f.Revision})"));
        string numa = f.NumaNode is { } node ? string.Create(CultureInfo.InvariantCulture, $", NUMA node {node}") : "";
        text.AppendLine(TextTable.Printable(
            $"  class {f.ClassCode}, subsystem {f.Subsystem ?? "none"}, driver {f.Driver ?? "none"}, power {f.PowerState ?? "unknown"}{numa}, {f.ConfigSize} bytes of configuration space"));
        if (f.KernelDoeFeatures is { } kernel)
        {
            text.AppendLine(TextTable.Printable($"  the kernel found these DOE features: {(kernel.Count is 0 ? "none" : string.Join(", ", kernel))}"));
        }
    }

    private static void Section(StringBuilder text, string title, string content)
    {
        if (content.Length > 0)
        {
            text.AppendLine().AppendLine(title);
            foreach (string line in content.TrimEnd('\n').Split('\n'))
            {
                text.Append(line.Length > 0 ? "  " : "").AppendLine(line);
            }
        }
    }

    private static string Map(LocalFunction function) => TextTable.Write(
        ["OFFSETS", "SHORT", "WHAT", "CLAIMED BY"],
        function.Facts.Capabilities.Select(c => (c.Offset, c.Length, Short: CapabilityNames.ShortOf((ushort)c.Id, c.Extended) ?? "-", c.Name))
            .Prepend((Offset: 0, Length: 0x40, Short: "-", Name: function.Decoded.Count > 0 ? function.Decoded[0].Name : "Header"))
            .OrderBy(row => row.Offset)
            .Select(row => new[]
            {
                string.Create(CultureInfo.InvariantCulture, $"0x{row.Offset:x3}-0x{row.Offset + Math.Max(row.Length, 1) - 1:x3}"), row.Short, row.Name,
                Holders(function.Claims, row.Offset, row.Length),
            }));

    private static string Holders(IReadOnlyList<ClaimFacts> claims, int offset, int length) => string.Join(", ", claims
        .Where(c => c.Offset < offset + length && c.Offset + c.Length > offset)
        .Select(c => $"{c.Holder} ({Notation.Word(c.Source)} {Notation.Region(c.Offset, c.Length)})"));

    private static string Mailboxes(FunctionFacts function)
    {
        StringBuilder text = new();
        foreach (MailboxFacts m in function.Mailboxes)
        {
            text.Append(TextTable.Printable($"{Notation.Hex(m.Offset)} {m.State}, owner {m.Owner}: {m.OwnerReason}")).Append('\n');
            string features = m.Features.Count is 0
                ? m.DiscoveryNote ?? "not asked yet what it speaks"
                : string.Join(", ", m.Features.Select(f => Pci.Doe.DoeFeature.TryParse(f, out Pci.Doe.DoeFeature known) ? $"{f} {known.Name ?? "vendor-defined"}" : f));
            text.Append(TextTable.Printable($"      speaks: {features}")).Append('\n');
        }

        return text.ToString();
    }

    private static string Touches(IReadOnlyList<LocalTouch>? touches) => touches switch
    {
        null => "That is told to root alone.\n",
        [] => "Nobody within the last hour.\n",
        _ => TextTable.Write(
            ["LAST", "PROGRAM", "UID", "UNIT", "READS", "WRITES", "REFUSED"],
            touches.Take(20).Select(t => new[]
            {
                t.Last.ToString("HH:mm'Z'", CultureInfo.InvariantCulture), t.Exe.Length is 0 ? "unknown" : t.Exe, Notation.Number(t.Uid), t.Unit ?? "-",
                Notation.Number(t.Reads), Notation.Number(t.Writes), Notation.Number(t.Refused),
            })),
    };

    private static string Bypasses(IReadOnlyList<LocalBypass>? bypasses) => bypasses is null or []
        ? ""
        : TextTable.Write(
            ["TIME", "SENSOR", "WHAT", "WHERE", "WHO"],
            bypasses.Take(20).Select(b => new[]
            {
                b.Time.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture), b.Sensor, Notation.Word(b.Operation),
                b.Offset is { } offset ? Notation.Region(offset, b.Length ?? 1) : "unknown",
                b.Caller is { } c ? string.Create(CultureInfo.InvariantCulture, $"{c.Comm} (pid {c.Pid}, uid {c.Uid})") : "unknown",
            }));
}
