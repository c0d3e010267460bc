using System.Globalization;
using System.Text;

namespace Fleet.Contracts;

/// <summary>Recorded exchanges as a sequence diagram in Mermaid's notation, for pages and documents: callers, the queue and the mailbox.</summary>
public static class SequenceDiagram
{
    /// <summary>Draws exchanges, oldest first, with the writes past the queue where they happened.</summary>
    public static string Mermaid(IReadOnlyList<RecordedExchange> exchanges, IReadOnlyList<RecordedIntrusion> intrusions)
    {
        ArgumentNullException.ThrowIfNull(exchanges);
        ArgumentNullException.ThrowIfNull(intrusions);
        StringBuilder text = new("sequenceDiagram\n");
        Dictionary<string, string> names = [];
        foreach (Caller caller in exchanges.Select(e => e.Caller).Concat(intrusions.Select(i => i.Caller).OfType<Caller>()))
        {
            string label = Text($"{caller.Comm} {caller.Pid}");
            if (names.TryAdd(label, Text($"c{names.Count + 1}")))
            {
                text.Append(CultureInfo.InvariantCulture, $"    participant {names[label]} as {Plain(label)}\n");
            }
        }

        text.Append("    participant q as queue\n    participant m as mailbox\n");
        IEnumerable<(DateTimeOffset Time, string Lines)> steps = exchanges.Select(e => (e.Queued, Exchange(e, names[Text($"{e.Caller.Comm} {e.Caller.Pid}")])))
            .Concat(intrusions.Select(i => (i.Time, Intrusion(i, i.Caller is { } c ? names[Text($"{c.Comm} {c.Pid}")] : "m"))));
        foreach ((_, string lines) in steps.OrderBy(step => step.Time))
        {
            text.Append(lines);
        }

        return text.ToString();
    }

    private static string Exchange(RecordedExchange e, string caller)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"    {caller}->>q: #{e.Number} {Plain(e.Feature)}, {e.RequestDwords} dwords\n");
        if (e.Cycles > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    q->>m: Go after {e.WaitedMilliseconds:0.0} ms\n");
        }

        if (e.ResponseDwords > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    m-->>q: {e.ResponseDwords} dwords after {e.TookMilliseconds:0.0} ms\n");
        }

        string arrow = e.Outcome is "ok" ? "-->>" : "--x";
        text.Append(CultureInfo.InvariantCulture, $"    q{arrow}{caller}: {Plain(e.Outcome)}{(e.Disturbed ? ", disturbed" : "")}\n");
        return text.ToString();
    }

    private static string Intrusion(RecordedIntrusion i, string caller) =>
        Text($"    {caller}-xm: past the queue {i.Count} times, seen by {Plain(i.Sensor)}\n");

    // Names come from tools: what means something to Mermaid, or to a terminal, must not reach it.
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_' or '.' ? c : c is ':' ? '.' : '?'));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
