namespace Fleet.Server.Tests.Host;

/// <summary>What the servers of these tests work on: here files in their data directories. tests/Server.Postgres.Tests has its own of this file.</summary>
internal static class TestDatabase
{
    /// <summary>Its files in a data directory.</summary>
    public static readonly string[] Files = ["fleet.db"];

    public static Task<string?> CreateAsync() => Task.FromResult<string?>(null);

    public static Task DropAsync(string? connectionString) => Task.CompletedTask;
}
