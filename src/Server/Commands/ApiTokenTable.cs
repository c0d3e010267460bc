using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Server.Commands;

/// <summary>API tokens as text for people.</summary>
internal static class ApiTokenTable
{
    private static readonly string[] Heads = ["ID", "NAME", "STATE", "LAST USED (UTC)", "EXPIRES (UTC)", "MADE BY", "SCOPES"];

    public static string Of(IReadOnlyList<ApiTokenView> tokens)
    {
        if (tokens.Count is 0)
        {
            return "There is no such API token. Make one with 'fleet-server api-token create'.";
        }

        List<string[]> rows = [Heads, .. tokens.Select(Cells)];
        int[] widths = [.. Heads.Select((_, column) => rows.Max(row => row[column].Length))];
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public static string Describe(ApiTokenView token)
    {
        StringBuilder text = new();
        text.AppendLine($"id         {token.Id}");
        text.AppendLine($"name       {token.Name}");
        text.AppendLine($"state      {token.State}{(token.Revoked is { } at ? $" by {token.RevokedBy} at {Time(at)} UTC" : "")}");
        text.AppendLine($"made       {Time(token.Created)} UTC by {token.Author}");
        text.AppendLine($"expires    {(token.Expires is { } end ? $"{Time(end)} UTC" : "never")}");
        text.AppendLine($"last used  {(token.LastUsed is { } used ? $"{Minute(used)} UTC" : "never")}");
        text.Append($"scopes     {string.Join("\n           ", token.Scopes)}");
        return text.ToString();
    }

    private static string[] Cells(ApiTokenView token) =>
    [
        token.Id,
        token.Name,
        token.State,
        token.LastUsed is { } used ? Minute(used) : "never",
        token.Expires is { } end ? Time(end) : "never",
        token.Author,
        Roles.All.FirstOrDefault(role => Roles.ScopesOf(role).SequenceEqual(token.Scopes)) ?? string.Join(',', token.Scopes),
    ];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
