namespace Fleet.Web.Pages.Audit;

/// <summary>How far back the audit page looks; the URL carries the name.</summary>
public sealed record AuditRange(string? Name, string Word, TimeSpan? Span)
{
    public static readonly IReadOnlyList<AuditRange> All =
    [
        new(null, "All", null),
        new("24h", "24 h", TimeSpan.FromHours(24)),
        new("7d", "7 d", TimeSpan.FromDays(7)),
        new("30d", "30 d", TimeSpan.FromDays(30)),
    ];

    public static AuditRange Of(string? name) => All.FirstOrDefault(range => range.Name == name) ?? All[0];
}
