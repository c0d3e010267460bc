using Fleet.Server.Data.Postgres;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Server.Tests.Host;

/// <summary>A database for each server of these tests, copied from one that was migrated once, in a cluster that lives as long as this process.</summary>
internal static class TestDatabase
{
    /// <summary>Its files in a data directory.</summary>
    public static readonly string[] Files = [];

    private const string Template = "fleet_template";
    private static readonly Lazy<Task<PostgresCluster>> Shared = new(StartAsync);

    public static Task<PostgresCluster> Cluster => Shared.Value;

    public static async Task<string?> CreateAsync() => await (await Cluster).CreateDatabaseAsync(template: Template);

    public static async Task DropAsync(string? connectionString)
    {
        if (connectionString is not null)
        {
            await (await Cluster).DropDatabaseAsync(connectionString);
        }
    }

    private static async Task<PostgresCluster> StartAsync()
    {
        PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create((await cluster.CreateDatabaseAsync(Template)) + ";Pooling=false");
        DbContextOptionsBuilder<PostgresFleetDb> options = new();
        PostgresFleetDb.Configure(options, source);
        await using PostgresFleetDb db = new(options.Options);
        await db.Database.MigrateAsync();
        return cluster;
    }
}
