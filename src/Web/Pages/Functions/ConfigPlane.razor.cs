using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Fleet.Web.Pages.Functions;

public sealed partial class ConfigPlane
{
    private bool _focused;
    private int _at;

    [Parameter, EditorRequired] public required ConfigMap Map { get; set; }

    /// <summary>Offset of the region that is open.</summary>
    [Parameter] public int Selected { get; set; }

    /// <summary>Address of the page with the region at an offset open.</summary>
    [Parameter, EditorRequired] public required Func<int, string> Link { get; set; }

    [Inject] public required NavigationManager Navigation { get; set; }

    protected override void OnParametersSet()
    {
        if (!_focused)
        {
            _at = Math.Clamp(Selected / 4, 0, Math.Max(0, Map.Dwords - 1));
        }
    }

    private void OnKey(KeyboardEventArgs key)
    {
        _at = MapCursor.Move(Map, _at, key.Key);
        if (key.Key is "Enter" or " " && Map.RegionAt(_at) is { } region)
        {
            Navigation.NavigateTo(Link(region.Offset), replace: true);
        }
    }
}
