// Hosts the dashboard of src/Web: gives it the API as the person in front of it, and the news.
using Fleet.Client;
using Fleet.Server.Hosting;
using Fleet.Server.Identity;
using Fleet.Server.Live;
using Fleet.Web;
using Microsoft.AspNetCore.Components.Authorization;

namespace Fleet.Server.Dashboard;

internal static class DashboardFeature
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddFleetWeb();
        services.AddCascadingAuthenticationState();
        services.AddSingleton<ILiveFeed>(provider => provider.GetRequiredService<LiveFeed>());
        services.AddKeyedSingleton<HttpMessageHandler>(
            nameof(DashboardFeature), (_, _) => new SocketsHttpHandler { UseProxy = false, UseCookies = false, PooledConnectionLifetime = ConnectionLifetime });
        services.AddScoped<IFleetApi>(provider => new FleetApi(new HttpClient(
            new TicketHandler(provider.GetRequiredService<AuthenticationStateProvider>(), provider.GetRequiredService<Tickets>())
            {
                InnerHandler = provider.GetRequiredKeyedService<HttpMessageHandler>(nameof(DashboardFeature)),
            },
            disposeHandler: false)
        {
            BaseAddress = provider.GetRequiredService<BoundAddresses>().Http,
        }));
        return services;
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization(Access.Dashboard);
    }
}
