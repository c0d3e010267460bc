// Signing in and out with a browser. The forms are the dashboard's; both carry an antiforgery token.
using System.Security.Claims;
using Fleet.Contracts;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Identity.ApiTokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Fleet.Server.Features.Session;

internal static class SessionFeature
{
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder session = routes.MapGroup("/session").ExcludeFromDescription();
        session.MapPost("/", BeginAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        session.MapPost("/end", EndAsync).RequireAuthorization(Access.Dashboard);
    }

    private static async Task<RedirectHttpResult> BeginAsync(
        HttpContext http, [FromForm] string? token, [FromForm] string? returnUrl, AdminToken admin, SignInLink link)
    {
        string given = token?.Trim() ?? "";
        string target = IsLocal(returnUrl) ? returnUrl! : "/";
        if ((admin.Matches(given) ? (Principals.LocalAdmin, Roles.Admin) : await link.TryUseAsync(given, http.RequestAborted)) is not { } who)
        {
            string reason = SignInLink.LooksLikeOne(given) ? "expired" : ApiTokenText.LooksLikeOne(given) ? "program" : "unknown";
            return TypedResults.Redirect($"/signin?error={reason}&returnUrl={Uri.EscapeDataString(target)}");
        }

        ClaimsPrincipal principal = Principals.Make(who.Item1, who.Item2, Scheme);
        await http.SignInAsync(Scheme, principal, new AuthenticationProperties { IsPersistent = true });
        return TypedResults.Redirect(target);
    }

    // The form's value is read so that the antiforgery check, which belongs to forms, is made.
    private static async Task<RedirectHttpResult> EndAsync(HttpContext http, [FromForm] string? returnUrl)
    {
        await http.SignOutAsync(Scheme);
        return TypedResults.Redirect(IsLocal(returnUrl) ? returnUrl! : "/signin");
    }

    /// <summary>A path of this server: signing in must not send people elsewhere.</summary>
    private static bool IsLocal(string? url) => url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);
}
