using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Settings;

public sealed partial class SettingsPage
{
    private JoinTokenCreated? _created;
    private int _uses = 1;
    private int _ttl = 3600;
    private string? _note;
    private string? _refusal;
    private bool _busy;

    protected override bool Watches(string topic) => topic is "hosts";

    protected override Task<Page<JoinTokenView>> ReadAsync(CancellationToken ct) => Api.ListJoinTokensAsync(new ListQuery(Limit: 100), ct);

    /// <summary>How many agents have joined with the token just made; it is not in the list any more when it was ended.</summary>
    private int? Joined(JoinTokenCreated created) => Model?.Items.FirstOrDefault(t => t.Id == created.View.Id)?.Used;

    private async Task CreateAsync()
    {
        _busy = true;
        try
        {
            string? note = string.IsNullOrWhiteSpace(_note) ? null : _note.Trim();
            _created = await Api.CreateJoinTokenAsync(new CreateJoinToken(_uses, _ttl, note), Closed);
            _refusal = null;
            await RefreshAsync();
        }
        catch (FleetApiException e)
        {
            _refusal = $"No token made: {e.Detail ?? e.Title}";
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task EndAsync(string id)
    {
        try
        {
            await Api.DeleteJoinTokenAsync(id, Closed);
            await RefreshAsync();
        }
        catch (FleetApiException e)
        {
            _refusal = $"Token not ended: {e.Detail ?? e.Title}";
        }
    }
}
