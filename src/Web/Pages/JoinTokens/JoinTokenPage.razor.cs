using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.JoinTokens;

public sealed partial class JoinTokenPage
{
    private bool _asking;
    private bool _busy;
    private string? _refusal;

    [CascadingParameter] public Permissions? May { get; set; }

    /// <summary>The token's identity.</summary>
    [Parameter] public required string Id { get; set; }

    protected override string Key => Id;

    protected override bool Continues => false;

    protected override bool Watches(string topic) => topic is "hosts";

    protected override async Task<JoinTokenModel> ReadAsync(CancellationToken ct)
    {
        JoinTokenDetail detail = await Api.GetJoinTokenAsync(Id, ct);
        return new JoinTokenModel(detail, await Api.ListAuditAsync(new ListQuery($"subject:{detail.Token.Id}", Limit: 100), ct));
    }

    private async Task RevokeAsync()
    {
        _busy = true;
        try
        {
            await Api.DeleteJoinTokenAsync(Id, Closed);
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
