// Which database a server works on: files in the data directory, or PostgreSQL.
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Postgres;
using Fleet.Server.Data.Sqlite;
using Fleet.Server.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Server.Data;

internal static class DatabaseSetup
{
    public static IServiceCollection AddDatabase(this IServiceCollection services, ServerOptions options, DataDirectory data)
    {
        services.AddSingleton<DatabaseHealth>().AddHostedService(provider => provider.GetRequiredService<DatabaseHealth>());
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContext());
        return options.Database is { } connectionString ? services.AddPostgres(connectionString) : services.AddSqlite(data);
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, DataDirectory data)
    {
        services.AddSingleton<SqliteTurns>().AddDbContextFactory<SqliteFleetDb>(db => SqliteFleetDb.Configure(db, data.Database));
        services.AddSingleton<IDbContextFactory<FleetDb>, FleetDbFactory<SqliteFleetDb>>().AddSingleton<IDatabase, SqliteDatabase>();
        return services.AddSingleton<DayFiles>().AddSingleton<SumFiles>().AddSingleton<IEventStore, SqliteEventStore>();
    }

    private static IServiceCollection AddPostgres(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(provider => PostgresSource.Create(connectionString, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new OwnSessions(PostgresSource.Create(connectionString, provider.GetRequiredService<ILoggerFactory>(), pooled: false)));
        services.AddDbContextFactory<PostgresFleetDb>((provider, db) => PostgresFleetDb.Configure(db, provider.GetRequiredService<NpgsqlDataSource>()));
        return services.AddSingleton<IDbContextFactory<FleetDb>, FleetDbFactory<PostgresFleetDb>>().AddSingleton<IDatabase, PostgresDatabase>()
            .AddSingleton<IEventStore, PostgresEventStore>();
    }
}
