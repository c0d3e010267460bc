using Fleet.Architecture.Tests;
using Fleet.Server.Commands;
using Fleet.Server.Tests.Host;
using Fleet.Testing;

namespace Fleet.Server.Tests.Postgres;

/// <summary>What docs/how-to/backup.md and postgresql.md tell administrators to type.</summary>
public sealed class MaintenanceTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("fleet-upkeep-").FullName;
    private PostgresCluster _cluster = null!;
    private string _database = null!;
    private TestServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Name => PostgresCluster.NameIn(_database);

    private string DatabaseFile => Path.Combine(_root, "database");

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestDatabase.Cluster;
        _database = (await TestDatabase.CreateAsync())!;
        _server = new TestServer { Given = _database };
        await File.WriteAllTextAsync(DatabaseFile, _database + "\n", Ct);
        await _server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await TestDatabase.DropAsync(_database);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Check_OfADatabase_FindsAChangedEntryOfTheAuditLog()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "checked");

        Assert.Equal(0, await CheckAsync("--database", _database));
        await _cluster.SqlAsync(Name, "UPDATE audit SET \"Who\" = 'nobody' WHERE \"Number\" = 1");
        Assert.Equal(3, await CheckAsync("--database-file", DatabaseFile, "--json"));
    }

    [Fact]
    public async Task Check_OfADatabaseOfAnotherVersion_IsAProblem()
    {
        await _cluster.SqlAsync(Name, "INSERT INTO \"__EFMigrationsHistory\" VALUES('29990101000000_Tomorrow', '99.0')");

        Assert.Equal(3, await CheckAsync("--database", _database));
    }

    [Fact]
    public async Task Check_OfADatabaseThatIsNotThere_CannotBeDone()
    {
        Assert.Equal(1, await CheckAsync("--database", _cluster.ConnectionString("nowhere")));
        Assert.Equal(1, await CheckAsync("--database", "Host=/nowhere;Database=fleet;Username=fleet"));
    }

    [Fact]
    public async Task DumpAndRestore_AsTheHowToSays_AgentsGoOnFromTheDump()
    {
        string backup = Path.Combine(_root, "backup");
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "survivor");
        await agent.ConnectAsync();
        await agent.PushAsync(agent.Contention(1), agent.Contention(2));

        // The server goes on running.
        Assert.Equal(0, await MaintenanceCommands.CreateBackup().Parse(["--data", _server.Data, "--database-file", DatabaseFile, "--to", backup]).InvokeAsync(cancellationToken: Ct));
        await _cluster.ToolAsync("pg_dump", "--format=custom", $"--file={backup}.pgdump", $"--dbname={Name}");
        await agent.PushAsync(agent.Contention(3), agent.Contention(4));
        await agent.Hub.StopAsync(Ct);
        await _server.App.DisposeAsync();
        await _cluster.DropDatabaseAsync(_database);
        Directory.Delete(_server.Data, recursive: true);

        Assert.Equal(0, await MaintenanceCommands.CreateRestore().Parse(["--from", backup, "--data", _server.Data]).InvokeAsync(cancellationToken: Ct));
        await _cluster.ToolAsync("pg_restore", "--create", "--dbname=postgres", $"{backup}.pgdump");
        Assert.Equal(0, await CheckAsync("--database-file", DatabaseFile));
        await _server.InitializeAsync();

        Assert.Equal(2, (await agent.ConnectAsync()).AcknowledgedSequence);
        Assert.Equal(4, (await agent.PushAsync(agent.Contention(2), agent.Contention(3), agent.Contention(4))).Sequence);
        Assert.Equal("4", await _cluster.SqlAsync(Name, "SELECT count(*) FROM events WHERE epoch <> 0"));
    }

    [Fact]
    public async Task Psql_WithTheExampleOfTheHowTo_AnswersTheNewestEvents()
    {
        string example = Sql(Repository.Read("docs/how-to/postgresql.md"));
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "shown");
        await agent.ConnectAsync();
        DateOnly before;
        string answer;
        long next = 1;
        do
        {
            // It asks for today.
            before = Today();
            await agent.PushAsync(agent.Contention(next++));
            answer = await _cluster.SqlAsync(Name, example);
        }
        while (Today() != before);

        Assert.Contains("|shown|contention.access|", answer);
    }

    private static DateOnly Today() => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    private static string Sql(string document) => document.Split("```sql\n")[1].Split("```")[0];

    private Task<int> CheckAsync(params string[] database) =>
        MaintenanceCommands.CreateCheck().Parse(["--data", _server.Data, .. database]).InvokeAsync(cancellationToken: Ct);
}
