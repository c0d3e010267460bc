// Who may do what. Deny by default: an endpoint that says nothing is open to nobody.
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity.Agents;
using Fleet.Server.Identity.ApiTokens;
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

    // A request speaks for itself by its Authorization header, or else by the browser's cookie; never by both.
    private const string HeaderOrCookie = "header or cookie";

    private const string CookieName = "pcifleet";

    public static IServiceCollection AddAccess(this IServiceCollection services, ServerOptions options, DataDirectory data)
    {
        services.AddDataProtection().SetApplicationName("pcifleet").AddKeys(options, data);
        services.AddSingleton(AdminToken.Open(data)).AddSingleton<Tickets>().AddSingleton<SignInLink>().AddSingleton<JoinTokenIssuer>().AddSingleton<StartToken>().AddSingleton<RefusalTrail>();
        services.AddSingleton<ApiTokenCheck>().AddSingleton<ApiTokenIssuer>().AddSingleton<OpenStreams>();
        services.AddSingleton<TokenUses>().AddHostedService(provider => provider.GetRequiredService<TokenUses>());
        services.AddAuthentication(Cookie)
            .AddCookie(Cookie, cookie => SetCookie(cookie, options.PublicUrl))
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddPolicyScheme(HeaderOrCookie, null, either => either.ForwardDefaultSelector = Choose)
            .AddAgentCertificates();
        services.AddAuthorizationBuilder()
            .AddAccessPolicies(people: HeaderOrCookie, programs: BearerHandler.SchemeName)
            .AddPolicy(Access.Dashboard, new AuthorizationPolicyBuilder(Cookie).RequireAuthenticatedUser().RequireRole(Roles.All).Build())
            .AddPolicy(Access.Agent, new AuthorizationPolicyBuilder(AgentIdentity.Scheme).RequireAuthenticatedUser().Build())
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(HeaderOrCookie).RequireAuthenticatedUser().RequireAssertion(IsNowhere).Build());
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

    private static string Choose(HttpContext http) =>
        http.Request.Headers.Authorization.Count > 0 || (!http.Request.Cookies.ContainsKey(CookieName) && http.Request.Path.StartsWithSegments("/api"))
            ? BearerHandler.SchemeName
            : Cookie;

    // Who is known is told that there is nothing at an address, or nothing for this method or type of body: what routing answers by itself is no
    // RouteEndpoint. Where there is something that declares nothing, nobody gets in.
    private static bool IsNowhere(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;

    private static void SetCookie(CookieAuthenticationOptions options, Uri? publicUrl)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;

        // Behind a proxy that ends TLS, requests come in the clear and the cookie must not.
        options.Cookie.SecurePolicy = publicUrl?.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
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
