using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Fleet.Web.Text;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Tokens;

public sealed partial class ApiTokenPage
{
    private bool _asking;
    private bool _busy;
    private string? _refusal;

    [CascadingParameter] public Permissions? May { get; set; }

    /// <summary>The token's identity.</summary>
    [Parameter] public required string Id { get; set; }

    protected override string Key => Id;

    protected override bool Continues => false;

    protected override bool Watches(string topic) => topic is "tokens";

    protected override async Task<ApiTokenModel> ReadAsync(CancellationToken ct)
    {
        ApiTokenView token = await Api.GetApiTokenAsync(Id, ct);
        Page<ApiTokenView> made = await Api.ListApiTokensAsync(new ListQuery(Limit: 100), active: true, parent: token.Id, ct: ct);
        return new ApiTokenModel(token, made, await Api.ListAuditAsync(new ListQuery($"subject:{token.Id} or who:*{token.Id}*", Limit: 100), ct));
    }

    private string Consequence(ApiTokenModel model)
    {
        string used = model.Token.LastUsed is { } at ? $"It was last used {Show.Span(Time.GetUtcNow() - at)} ago. " : "";
        string made = model.Made.Items.Count > 0 ? $" {Show.Counted(model.Made.Total ?? model.Made.Items.Count, "token")} that it made {(model.Made.Items.Count is 1 ? "stays" : "stay")}." : "";
        return $"{used}A revoked token lets nobody in any more, and cannot be opened again.{made}";
    }

    private async Task RevokeAsync()
    {
        _busy = true;
        try
        {
            await Api.DeleteApiTokenAsync(Id, Closed);
            (_refusal, _asking) = (null, false);
            await RefreshAsync();
        }
        catch (FleetApiException e)
        {
            _refusal = $"Not revoked: {e.Detail ?? e.Title}";
        }
        finally
        {
            _busy = false;
        }
    }
}
