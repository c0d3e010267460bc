// Who may do what. Deny by default: an endpoint that says nothing needs somebody who is signed in.
using Fleet.Server.Data;
using Fleet.Server.Identity.Agents;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace Fleet.Server.Identity;

internal static class AccessSetup
{
    private const string Cookie = CookieAuthenticationDefaults.AuthenticationScheme;

    public static IServiceCollection AddAccess(this IServiceCollection services, DataDirectory data)
    {
        services.AddDataProtection().SetApplicationName("pcifleet").PersistKeysToFileSystem(new DirectoryInfo(data.Private("keys")));
        services.AddSingleton(AdminToken.Open(data)).AddSingleton<Tickets>().AddSingleton<SignInLink>().AddSingleton<JoinTokenIssuer>().AddSingleton<JoinRefusals>();
        services.AddAuthentication(Cookie)
            .AddCookie(Cookie, SetCookie)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddAgentCertificates();
        services.AddAuthorizationBuilder()
            .AddPolicy(Access.Read, Of(BearerHandler.SchemeName, Cookie))
            .AddPolicy(Access.Change, Of(BearerHandler.SchemeName))
            .AddPolicy(Access.Dashboard, Of(Cookie))
            .AddPolicy(Access.Agent, new AuthorizationPolicyBuilder(AgentIdentity.Scheme).RequireAuthenticatedUser().Build())
            .SetFallbackPolicy(Of(BearerHandler.SchemeName, Cookie));
        return services;
    }

    private static AuthorizationPolicy Of(params string[] schemes) =>
        new AuthorizationPolicyBuilder(schemes).RequireAuthenticatedUser().RequireRole(Principals.Admin).Build();

    private static void SetCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "pcifleet";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.SlidingExpiration = true;
        options.LoginPath = "/signin";
        options.ReturnUrlParameter = "returnUrl";

        // A program gets a status it can read; only a person with a browser is shown the sign-in page.
        options.Events.OnRedirectToLogin = context => RedirectPeople(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => RedirectPeople(context, StatusCodes.Status403Forbidden);
    }

    private static Task RedirectPeople(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html") && !context.Request.Path.StartsWithSegments("/api"))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = status;
        }

        return Task.CompletedTask;
    }
}
