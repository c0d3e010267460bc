// Who may do what. Deny by default: an endpoint that says nothing needs somebody who is signed in.
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity.Agents;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Identity;

internal static class AccessSetup
{
    private const string Cookie = CookieAuthenticationDefaults.AuthenticationScheme;

    public static IServiceCollection AddAccess(this IServiceCollection services, ServerOptions options, DataDirectory data)
    {
        services.AddDataProtection().SetApplicationName("pcifleet").AddKeys(options, data);
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

    // A server that is alone has them in its directory; several have them in their database.
    private static void AddKeys(this IDataProtectionBuilder protection, ServerOptions options, DataDirectory data)
    {
        if (options.Database is null)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(data.Private("keys")));
            return;
        }

        CellKey key = CellKey.Open(data);
        protection.Services.AddSingleton(key);
        protection.Services.AddOptions<KeyManagementOptions>().Configure<IDbContextFactory<FleetDb>>((keys, databases) =>
        {
            keys.XmlRepository = new DatabaseKeys(databases);
            keys.XmlEncryptor = new CellKeyEncryptor(key);
        });
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
