// The servers of one database, a cell: what they tell each other, who leads, who holds which agent. A server on SQLite is a cell by itself.
using Fleet.Server.Hosting;
using Fleet.Server.Live.Cell.Postgres;
using Fleet.Server.Live.News;

namespace Fleet.Server.Live.Cell;

internal static class CellSetup
{
    /// <summary>Before everything that leads or stores: hosted services stop in the opposite order, and these have to be the last to go.</summary>
    public static IServiceCollection AddCell(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<ServerRoster>().AddSingleton<AgentSpread>();
        if (options.Database is null)
        {
            return services.AddSingleton<IFleetNews, NoNews>().AddSingleton<ILeadership, SoleLeader>();
        }

        services.AddSingleton<PostgresNews>().AddSingleton<IFleetNews>(provider => provider.GetRequiredService<PostgresNews>());
        services.AddSingleton<PostgresLeadership>().AddSingleton<ILeadership>(provider => provider.GetRequiredService<PostgresLeadership>());
        services.AddSingleton<ServerTable>().AddSingleton<SharedPresence>().AddSingleton<NewsFollower>().AddSingleton<AgentNews>().AddSingleton<NewsListener>();
        return services
            .AddHostedService(provider => provider.GetRequiredService<PostgresNews>())
            .AddHostedService<CellMember>()
            .AddHostedService(provider => provider.GetRequiredService<NewsListener>())
            .AddHostedService(provider => provider.GetRequiredService<PostgresLeadership>());
    }
}
