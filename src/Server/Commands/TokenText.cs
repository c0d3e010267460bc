using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Server.Commands;

/// <summary>Join tokens as text for people.</summary>
internal static class TokenText
{
    private static readonly string[] Heads = ["ID", "STATE", "USED", "EXPIRES (UTC)", "MADE BY", "LABELS", "NOTE"];

    public static string Table(IReadOnlyList<JoinTokenView> tokens)
    {
        if (tokens.Count is 0)
        {
            return "There is no such join token. Make one with 'fleet-server token create'.";
        }

        List<string[]> rows = [Heads, .. tokens.Select(Cells)];
        int[] widths = [.. Heads.Select((_, column) => rows.Max(row => row[column].Length))];
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public static string Describe(JoinTokenDetail detail)
    {
        JoinTokenView token = detail.Token;
        StringBuilder text = new();
        text.AppendLine($"id         {token.Id}");
        text.AppendLine($"state      {token.State}{(token.Revoked is { } at ? $" by {token.RevokedBy} at {Time(at)} UTC" : "")}");
        text.AppendLine($"used       {Used(token)}{(token.LastUsed is { } last ? $", last at {Time(last)} UTC" : "")}");
        text.AppendLine($"made       {Time(token.Created)} UTC by {token.Author}");
        text.AppendLine($"expires    {Time(token.Expires)} UTC");
        text.AppendLine($"labels     {Or(Labels(token))}");
        text.AppendLine($"note       {Or(token.Note)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"hosts      {detail.HostsTotal}");
        foreach (AdmittedHost host in detail.Hosts)
        {
            text.AppendLine($"  {host.Id}  {host.State,-7}  {Time(host.Joined)}  {host.Name}");
        }

        if (detail.HostsTotal > detail.Hosts.Count)
        {
            text.AppendLine($"  … and older ones; the Hosts page shows all with the filter token:{token.Id}");
        }

        return text.ToString().TrimEnd();
    }

    public static string Revoked(JoinTokenDetail detail) => string.Create(
        CultureInfo.InvariantCulture,
        $"Join token {detail.Token.Id} is revoked after {detail.Token.Used} of {detail.Token.Uses} uses. Hosts that joined with it stay: {detail.HostsTotal}.");

    private static string[] Cells(JoinTokenView token) =>
        [token.Id, token.State, Used(token), Time(token.Expires), token.Author, Or(Labels(token)), Or(token.Note)];

    private static string Used(JoinTokenView token) => string.Create(CultureInfo.InvariantCulture, $"{token.Used} of {token.Uses}");

    private static string Labels(JoinTokenView token) => string.Join(',', token.Labels.Select(label => $"{label.Key}={label.Value}"));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Or(string? text) => text is { Length: > 0 } ? text : "-";
}
