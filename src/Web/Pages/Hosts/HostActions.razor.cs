using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Hosts;

public sealed partial class HostActions
{
    private string? _asking;
    private string? _reason;
    private string? _refusal;
    private bool _busy;

    [Inject] public required IFleetApi Api { get; set; }

    [Inject] public required NavigationManager Navigation { get; set; }

    [CascadingParameter] public Permissions? May { get; set; }

    /// <summary>The host with the tag of what was read: who decides sees what is decided on.</summary>
    [Parameter, EditorRequired] public required Tagged<HostView> Host { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    // Somebody else may have done meanwhile what is being asked about.
    protected override void OnParametersSet()
    {
        if (_asking is { } verb && !_busy && !AccessText.Possible(Host.Value).Contains(verb))
        {
            Ask(null);
        }
    }

    // The mildest of what may not be done says it for the rest.
    private string? Denied => AccessText.Possible(Host.Value).Select(verb => May.Why(AccessText.Scope(verb))).OfType<string>().FirstOrDefault();

    private void Ask(string? verb) => (_asking, _refusal) = (verb, null);

    private async Task ActAsync(string verb)
    {
        _busy = true;
        HostId id = Host.Value.Id;
        try
        {
            string reason = _reason?.Trim() ?? "";
            switch (verb)
            {
                case "evict":
                    await Api.EvictHostAsync(id, reason, Host.ETag);
                    break;
                case "ban":
                    await Api.BanHostAsync(id, reason, Host.ETag);
                    break;
                case "readmit":
                    await Api.ReadmitHostAsync(id, reason, Host.ETag);
                    break;
                default:
                    await Api.DeleteHostAsync(id, Host.ETag);
                    Navigation.NavigateTo("/hosts");
                    return;
            }

            (_asking, _reason, _refusal) = (null, null, null);
            await OnChanged.InvokeAsync();
        }
        catch (FleetApiException e)
        {
            _refusal = $"Not done: {e.Detail ?? e.Title}";
        }
        finally
        {
            _busy = false;
        }
    }
}
