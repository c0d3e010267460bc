using System.Globalization;
using System.Text;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Commands;

/// <summary>Exchanges drawn as sequences between a tool, the broker and the mailbox; writes past the queue stand where they happened.</summary>
internal static class SequenceText
{
    private const int Lane = 30;
    private const int MostHex = 48;

    /// <summary>How people name an exchange.</summary>
    public static string Id(RecordedExchange e) => Text($"{e.Function}/{Notation.Hex(e.Offset)}#{e.Number}");

    public static string Write(IReadOnlyList<RecordedExchange> exchanges, IReadOnlyList<RecordedIntrusion> intrusions)
    {
        StringBuilder text = new();
        Line(text, "tool", "broker", "mailbox");
        IEnumerable<(DateTimeOffset Time, Action Draw)> steps = exchanges.Select(e => (e.Queued, (Action)(() => Exchange(text, e))))
            .Concat(intrusions.Select(i => (i.Time, (Action)(() => Intrusion(text, i)))))
            .OrderBy(step => step.Item1);
        foreach ((_, Action draw) in steps)
        {
            draw();
        }

        return text.ToString();
    }

    private static void Exchange(StringBuilder text, RecordedExchange e)
    {
        string name = DoeFeature.TryParse(e.Feature, out DoeFeature feature) && feature.Name is { } known ? " " + known : "";
        text.AppendLine();
        text.AppendLine(TextTable.Printable(Text(
            $"#{e.Number} {e.Queued:HH:mm:ss.fff}Z  {e.Caller.Comm} (pid {e.Caller.Pid}, uid {e.Caller.Uid}), {Notation.Word(e.Way)}, {Notation.Word(e.Priority)}: {e.Feature}{name}")));
        Line(text, "│", "│", "│");
        Arrow(text, first: true, right: true, Text($"request, {e.RequestDwords} dwords"));
        Payload(text, e.Request);
        if (e.WaitedMilliseconds >= 0.05)
        {
            Line(text, "│", Text($"│ waited {e.WaitedMilliseconds:0.0} ms"), "│");
        }

        if (e.Cycles > 0 || e.Polls > 0)
        {
            Arrow(text, first: false, right: true, Text($"{e.RequestDwords} dwords, Go"));
            Line(text, "│", Text($"│ {e.Polls} polls, {e.Cycles} cycles"), "│");
        }

        if (e.ResponseDwords > 0)
        {
            Arrow(text, first: false, right: false, Text($"{e.ResponseDwords} dwords, {e.TookMilliseconds:0.0} ms"));
            Payload(text, e.Response);
        }

        Arrow(text, first: true, right: false, TextTable.Printable(e.Outcome) + (e.Disturbed ? ", disturbed" : ""));
        if (e.Outcome is not "ok" || e.Disturbed)
        {
            text.AppendLine(TextTable.Printable("  " + e.Detail));
        }
    }

    private static void Intrusion(StringBuilder text, RecordedIntrusion i)
    {
        string who = i.Caller is { } caller ? Text($"{caller.Comm} (pid {caller.Pid}, uid {caller.Uid})") : "somebody";
        text.AppendLine();
        text.AppendLine(TextTable.Printable(Text($"!! {i.Time:HH:mm:ss.fff}Z  {who} wrote past the queue {i.Count}×, seen by {i.Sensor}")));
        text.Append('├').Append('━', (2 * Lane) - 2).AppendLine("▶ mailbox");
    }

    private static void Payload(StringBuilder text, string? hex)
    {
        if (!string.IsNullOrEmpty(hex))
        {
            text.AppendLine(TextTable.Printable("│   " + (hex.Length > MostHex ? Text($"{hex[..MostHex]}… ({hex.Length / 2} bytes)") : hex)));
        }
    }

    private static void Arrow(StringBuilder text, bool first, bool right, string label)
    {
        string words = $" {(label.Length > Lane - 6 ? label[..(Lane - 6)] : label)} ";
        string shaft = words + new string('─', Math.Max(Lane - 3 - words.Length, 0));
        string arrow = right ? $"├─{shaft}▶" : $"│◀{shaft}─";
        text.AppendLine(first ? arrow + "│".PadRight(Lane) + "│" : "│".PadRight(Lane) + arrow + "│");
    }

    private static void Line(StringBuilder text, string one, string two, string three) =>
        text.AppendLine((one.PadRight(Lane) + two.PadRight(Lane) + three).TrimEnd());

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
