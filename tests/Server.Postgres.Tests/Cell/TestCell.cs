using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Live;
using Fleet.Server.Live.Cell;
using Fleet.Server.Live.Cell.Postgres;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fleet.Server.Tests.Cell;

/// <summary>Two servers as they are shipped, on one database and with the same keys.</summary>
public sealed class TestCell : IAsyncLifetime
{
    private string? _database;

    public string Keys { get; } = Directory.CreateTempSubdirectory("fleet-keys-").FullName;

    public TestServer A { get; private set; } = null!;

    public TestServer B { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();

        // At once: they found the cell together.
        A = New();
        B = New();
        await Task.WhenAll(A.InitializeAsync().AsTask(), B.InitializeAsync().AsTask());
        await MeetAsync(A, B);
    }

    /// <summary>Another server of the cell.</summary>
    internal TestServer New() => new() { Given = _database, Keys = Keys };

    /// <summary>Waits until all hear and know each other.</summary>
    internal static Task MeetAsync(params TestServer[] servers) => WaitFor.TrueAsync(() => servers.All(server =>
        server.Services.GetRequiredService<NewsListener>().Hears
        && server.Services.GetRequiredService<ServerRoster>().Servers.Count(seen => server.Services.GetRequiredService<ServerRoster>().IsAlive(seen)) >= servers.Length));

    /// <summary>Runs SQL in the cell's database.</summary>
    internal async Task<string> SqlAsync(string sql) => await (await TestDatabase.Cluster).SqlAsync(PostgresCluster.NameIn(_database!), sql);

    /// <summary>A connection to the cell's database.</summary>
    internal async Task<NpgsqlConnection> ConnectAsync()
    {
        NpgsqlConnection connection = new(_database);
        await connection.OpenAsync();
        return connection;
    }

    internal static async Task<HostView> HostAsync(TestServer server, HostId id)
    {
        using HttpClient admin = server.Admin();
        return JsonSerializer.Deserialize<HostView>(await admin.GetStringAsync($"/api/v1/hosts/{id}"), FleetJson.Options)!;
    }

    internal static bool Knows(TestServer server, HostId id) => server.Services.GetRequiredService<HostDirectory>().TryGet(id, out _);

    internal static bool Leads(TestServer server) => server.Services.GetRequiredService<ILeadership>().Term is not null;

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        await TestDatabase.DropAsync(_database);
        Directory.Delete(Keys, recursive: true);
    }
}
