using Microsoft.AspNetCore.Components.Web;

namespace Fleet.Web.Layout;

public sealed partial class MainLayout
{
    private ErrorBoundary? _boundary;

    /// <summary>A fault belongs to the page it happened on: another page starts afresh.</summary>
    protected override void OnParametersSet() => Recover();

    private void Recover() => _boundary?.Recover();
}
