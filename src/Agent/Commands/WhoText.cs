using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>One window of accesses in words.</summary>
internal static class WhoText
{
    private const int HeadLines = 3;

    public static string Write(AccessWindow window, int width, int height)
    {
        StringBuilder text = new();
        long total = window.Accesses.Sum(a => a.Count) + window.Untold;
        string head = total is 0
            ? Text($"{Notation.Time(window.Time)}  nobody touched anything for {window.Seconds:0.#} s")
            : Text($"{Notation.Time(window.Time)}  {total} accesses in {window.Seconds:0.#} s, {window.Accesses.Count(IsNews)} kinds refused, altered or around the broker");
        text.Append(head.Length > width ? head[..width] : head).Append('\n');
        if (total is 0)
        {
            return text.ToString();
        }

        int room = Math.Max(height - HeadLines, 1);
        AccessSeen[] shown = [.. window.Accesses.OrderByDescending(IsNews).ThenByDescending(a => a.Count).Take(room)];
        text.Append(TextTable.Write(
            ["PER SECOND", "PID", "PROGRAM", "UID", "FUNCTION", "WHAT", "WHERE", "DECISION"],
            shown.Select(a => Row(a, window.Seconds)), width));
        long hidden = window.Accesses.Count - shown.Length;
        if (hidden + window.Untold > 0)
        {
            text.Append(Text($"and {hidden} more kinds{(window.Untold > 0 ? Text($", and {window.Untold} accesses that were counted alone") : "")}")).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsNews(AccessSeen access) => access.Decision is not Decision.Allow;

    private static string[] Row(AccessSeen access, double seconds) =>
    [
        Rate(access.Count / Math.Max(seconds, 0.001)),
        access.Caller is { } caller ? Notation.Number(caller.Pid) : "?",
        access.Caller?.Comm ?? "unknown",
        access.Caller is { } user ? Notation.Number(user.Uid) : "?",
        access.Function.ToString(),
        Notation.Word(access.Operation),
        access.Offset is { } offset ? Notation.Region(offset, access.Length ?? 1) : "unknown",
        access.Sensor is { } sensor ? $"went around, seen by {sensor}" : access.Decision is { } decision ? Notation.Word(decision) : "unknown",
    ];

    private static string Rate(double rate) => rate >= 100 ? Text($"{rate:0}") : Text($"{rate:0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
