using Npgsql;

namespace Fleet.Server.Data.Postgres;

/// <summary>
/// Sessions that end with the connection. What a session holds, a lock or a LISTEN, lasts until PostgreSQL is told otherwise, and a pool tells it so with the
/// next use, whenever that is: a sound connection whose last command took too long would keep its lock there and lead nobody.
/// </summary>
internal sealed class OwnSessions(NpgsqlDataSource source) : IAsyncDisposable, IDisposable
{
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => source.OpenConnectionAsync(ct);

    public void Dispose() => source.Dispose();

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
