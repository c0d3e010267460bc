using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.Web;

/// <summary>What a host of the dashboard registers, beside its own IFleetApi and ILiveFeed.</summary>
public static class WebServices
{
    /// <summary>Documents and prerendered lists pass through the circuit's first messages.</summary>
    private const int MaximumMessage = 4 * 1024 * 1024;

    public static IServiceCollection AddFleetWeb(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddScoped<LiveSwitch>();
        services.AddRazorComponents()
            .AddInteractiveServerComponents()
            .AddHubOptions(options => options.MaximumReceiveMessageSize = MaximumMessage);
        return services;
    }
}
