using Fleet.Server.Hosting;
using Fleet.Server.Tests.Host;
using Fleet.Testing;

namespace Fleet.Server.Tests.Postgres;

public sealed class SchemaTests
{
    [Fact]
    public async Task StartAsync_TwoServersOnAnEmptyDatabase_MigrateItOnce()
    {
        PostgresCluster cluster = await TestDatabase.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await using TestServer one = new() { Given = database };
        await using TestServer two = new() { Given = database };

        await Task.WhenAll(one.InitializeAsync().AsTask(), two.InitializeAsync().AsTask());

        string applied = await cluster.SqlAsync(PostgresCluster.NameIn(database), "SELECT count(*) = count(DISTINCT \"MigrationId\") AND count(*) > 1 FROM \"__EFMigrationsHistory\"");
        Assert.Equal("t", applied);
    }

    [Fact]
    public async Task StartAsync_DatabaseOfALaterVersion_IsRefusedWithWhatToDo()
    {
        PostgresCluster cluster = await TestDatabase.Cluster;
        string database = (await TestDatabase.CreateAsync())!;
        await cluster.SqlAsync(PostgresCluster.NameIn(database), "INSERT INTO \"__EFMigrationsHistory\" VALUES('29990101000000_Tomorrow', '99.0')");
        await using TestServer server = new() { Given = database };

        StartException refusal = await Assert.ThrowsAsync<StartException>(() => server.InitializeAsync().AsTask());

        Assert.Contains("29990101000000_Tomorrow", refusal.Message);
        Assert.Contains("later version", refusal.Message);
    }

    [Theory]
    [InlineData("Host=/nowhere;Database=fleet;Username=fleet;Password=secret-word")]
    [InlineData("postgresql://fleet:secret-word@localhost:1/fleet?sslmode=disable")]
    [InlineData("Host=localhost;NoSuchKey=secret-word")]
    public async Task StartAsync_DatabaseThatCannotBeUsed_SaysSoWithoutThePassword(string database)
    {
        await using TestServer server = new() { Given = database };

        StartException refusal = await Assert.ThrowsAsync<StartException>(() => server.InitializeAsync().AsTask());

        Assert.DoesNotContain("secret-word", refusal.Message);
        Assert.DoesNotContain("secret-word", refusal.InnerException?.Message ?? "");
    }
}
