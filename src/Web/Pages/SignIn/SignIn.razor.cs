using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.SignIn;

public sealed partial class SignIn
{
    [SupplyParameterFromQuery(Name = "token")] public string? Token { get; set; }

    [SupplyParameterFromQuery(Name = "returnUrl")] public string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = "error")] public string? Problem { get; set; }

    /// <summary>Only a path of this server: a sign-in page must not send people elsewhere.</summary>
    internal string LocalReturn =>
        ReturnUrl is ['/', ..] path && path is not ['/', '/' or '\\', ..] ? path : "/";

    private string Explained => Problem switch
    {
        "expired" => "This link was used already or has ended. Make a new one, or paste a token.",
        "program" => "This is an API token, which programs show with each request. People sign in by a link: ask for one, or make it with 'fleet-server sign-in'.",
        _ => "This token is not known here. Check that it belongs to this server, then paste it again.",
    };
}
