using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Audit;

public sealed partial class AuditPage
{
    private const string Example = "action:host.* and who:user:alice";
    private AuditCheck? _check;
    private string? _refused;
    private bool _checking;

    /// <summary>How far back.</summary>
    [SupplyParameterFromQuery(Name = "range")] public string? RangeName { get; set; }

    private AuditRange Range => AuditRange.Of(RangeName);

    private string Export => Links.List("/api/v1/audit", Filter) + (string.IsNullOrEmpty(Filter) ? "?" : "&") + "limit=1000"
        + (Range.Span is { } span ? $"&since={Uri.EscapeDataString(Show.Machine(Time.GetUtcNow() - span))}" : "");

    // An older page does not change. Nothing tells of new entries as such; what they most often tell of is.
    protected override bool Watches(string topic) => topic is "tokens" or "attestations" && Cursor is null;

    protected override Task<Page<AuditView>> ReadAsync(CancellationToken ct) =>
        Api.ListAuditAsync(Query with { Limit = 100, Sort = null, Since = Range.Span is { } span ? Time.GetUtcNow() - span : null }, ct);

    private string To(AuditRange range) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["range"] = range.Name, ["cursor"] = null });

    /// <summary>Reads the whole trail, so only when somebody asks.</summary>
    private async Task CheckAsync()
    {
        (_checking, _refused) = (true, null);
        try
        {
            _check = await Api.CheckAuditAsync(Closed);
        }
        catch (FleetApiException refusal)
        {
            _refused = refusal.Detail ?? refusal.Title;
        }
        catch (OperationCanceledException)
        {
            return; // The page is gone.
        }

        _checking = false;
    }
}
