using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Http;
using static Microsoft.AspNetCore.Components.Web.RenderMode;

namespace Fleet.Web;

/// <summary>Root of the dashboard; a page that says so (sign-in) is rendered without a circuit.</summary>
public sealed partial class App
{
    [CascadingParameter]
    public required HttpContext Context { get; set; }

    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? InteractiveServer : null;
}
