using System.CommandLine;
using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'doctor': what works on this host, what does not and why.</summary>
internal static class DoctorCommand
{
    public static Command Create() => LocalCommand.Add(
        new Command("doctor", """
            Says what works on this host, what does not and why, whose its mailboxes are, and which ways around the broker nobody watches.

            Examples:
              fleet-agent doctor
              fleet-agent doctor --json | jq '.bypasses[] | select(.state == "open")'
            """),
        async call =>
        {
            HostReport report = await call.Client.GetAsync<HostReport>("/v1/doctor", call.Cancellation);
            return await call.ShowAsync(report, () => Describe(report));
        });

    private static string Describe(HostReport report)
    {
        HostFacts facts = report.State.Facts;
        StringBuilder text = new(StateCommand.Describe(report.State));
        text.AppendLine().AppendLine("Sensors");
        text.AppendLine(facts.Sensors.Count is 0
            ? "  None: what goes around the broker goes unseen."
            : TextTable.Write(
                ["  SENSOR", "WORKS", "LOST", "SEES", "WHY NOT, OR ONLY IN PART"],
                facts.Sensors.Select(s => new[] { "  " + s.Name, s.Works ? "yes" : "no", Lost(report, s.Name), Word(s.Covers), Word(s.Why) })));
        if (report.Mailboxes.Count > 0)
        {
            text.AppendLine("Mailboxes");
            text.AppendLine(TextTable.Write(
                ["  FUNCTION", "OFFSET", "OWNER", "STATE", "WHY"],
                report.Mailboxes.Select(m => new[] { $"  {m.Function}", string.Create(CultureInfo.InvariantCulture, $"0x{m.Offset:x3}"), m.Owner, m.State, m.Reason })));
        }

        if (report.Bypasses.Count > 0)
        {
            text.AppendLine("Ways around the broker");
            text.AppendLine(TextTable.Write(["  WAY", "STANDS", "WHY"], report.Bypasses.Select(b => new[] { "  " + b.Name, b.State, b.Detail })));
            foreach (string found in report.Bypasses.SelectMany(b => b.Found.Select(line => $"{b.Name}: {line}")))
            {
                text.Append("  - ").AppendLine(TextTable.Printable(found));
            }
        }

        foreach (string reduced in facts.Reduced)
        {
            text.Append("! ").AppendLine(TextTable.Printable(reduced));
        }

        return text.ToString();
    }

    private static string Lost(HostReport report, string sensor) => report.Lost.GetValueOrDefault(sensor).ToString(CultureInfo.InvariantCulture);

    private static string Word(string text) => text.Length > 0 ? text : "-";
}
