using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Layout;

public sealed partial class Topbar : IDisposable
{
    private string _text = "";

    [Inject] public required LiveSwitch Live { get; set; }

    [Inject] public required NavigationManager Navigation { get; set; }

    protected override void OnInitialized() => Live.Changed += StateHasChanged;

    public void Dispose() => Live.Changed -= StateHasChanged;

    private void Search() => Navigation.NavigateTo("/search?q=" + Uri.EscapeDataString(_text.Trim()));
}
