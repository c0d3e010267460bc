using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Access;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Hosts;

public sealed partial class HostLabels
{
    private string _text = "";
    private string? _refusal;

    [CascadingParameter] public Permissions? May { get; set; }

    [Inject] public required IFleetApi Api { get; set; }

    [Parameter, EditorRequired] public required Tagged<HostView> Host { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private async Task AddAsync()
    {
        string[] parts = _text.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts is [{ Length: > 0 } key, { } value] && await ChangeAsync(key, value))
        {
            _text = "";
        }
    }

    private async Task<bool> ChangeAsync(string key, string? value)
    {
        try
        {
            await Api.PatchHostAsync(Host.Value.Id, new PatchHost(new Dictionary<string, string?> { [key] = value }), Host.ETag);
            _refusal = null;
            await OnChanged.InvokeAsync();
            return true;
        }
        catch (FleetApiException e)
        {
            _refusal = $"Label not changed: {e.Detail ?? e.Title}";
            return false;
        }
    }
}
