using Npgsql;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>The table in which servers sign on and off, and the roster that each makes of it. Ages are by the database's clock: those of servers may differ.</summary>
internal sealed class ServerTable(NpgsqlDataSource source, ServerRoster roster, HostPresence presence, TimeProvider time)
{
    // A dead server's row stays that long, so that whoever looks sees what became of it.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private const string Now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    /// <summary>Says that this server lives, and looks who else does.</summary>
    /// <returns>True when the others did not know of it: it begins, or was away for so long that they had forgotten it and what it holds.</returns>
    public async Task<bool> BeatAsync(string name, string version, CancellationToken ct)
    {
        await using NpgsqlCommand command = source.CreateCommand($"""
            INSERT INTO servers ("Id", "Name", "Version", "Started", "Heartbeat", "Connections") VALUES ($1, $2, $3, $4, {Now}, $5)
            ON CONFLICT ("Id") DO UPDATE SET "Heartbeat" = excluded."Heartbeat", "Connections" = excluded."Connections"
            RETURNING xmax = 0
            """);
        Add(command, roster.Me);
        Add(command, name);
        Add(command, version);
        Add(command, roster.Started.UtcTicks);
        Add(command, presence.Connections);
        bool unknown = (bool)(await command.ExecuteScalarAsync(ct))!;
        await RefreshAsync(ct);
        return unknown;
    }

    /// <summary>Reads who lives. Hosts of a server that does not were last heard when it was.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        List<ServerSeen> servers = [];
        DateTimeOffset now = time.GetUtcNow();
        await using (NpgsqlCommand command = source.CreateCommand(
            $"""SELECT "Id", "Name", "Version", "Started", {Now} - "Heartbeat", "Connections" FROM servers"""))
        await using (NpgsqlDataReader rows = await command.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                TimeSpan age = TimeSpan.FromMicroseconds(Math.Max(0, rows.GetInt64(4)));
                servers.Add(new ServerSeen(
                    rows.GetString(0), rows.GetString(1), rows.GetString(2), new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero), now - age, rows.GetInt32(5)));
            }
        }

        IReadOnlyCollection<ServerSeen> before = roster.Servers;
        roster.Learn(servers);
        foreach (ServerSeen gone in before.Where(known => servers.All(server => server.Id != known.Id)))
        {
            presence.Forget(gone.Id, gone.LastHeard);
        }
    }

    /// <summary>Signs off, in good order: nobody has to wait for this server to be found dead.</summary>
    public Task LeaveAsync(CancellationToken ct) => RemoveAsync("""SELECT "Id", "Heartbeat" FROM servers WHERE "Id" = $1""", roster.Me, ct);

    /// <summary>Takes out servers that died a while ago, and connections of hosts that were deleted. The leader does it.</summary>
    public async Task CleanAsync(CancellationToken ct)
    {
        await RemoveAsync($"""SELECT "Id", "Heartbeat" FROM servers WHERE "Heartbeat" < {Now} - $1""", (long)Kept.TotalMicroseconds, ct);
        await using NpgsqlCommand command = source.CreateCommand("""DELETE FROM host_connections WHERE NOT EXISTS (SELECT 1 FROM hosts WHERE hosts."Id" = "Host")""");
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task RemoveAsync(string which, object value, CancellationToken ct)
    {
        // Ticks since year 1 are what the model keeps; heartbeats are microseconds since 1970.
        await using NpgsqlCommand command = source.CreateCommand($"""
            WITH gone AS ({which}),
                 left_behind AS (UPDATE host_connections SET "Server" = NULL, "LastSeen" = gone."Heartbeat" * 10 + {DateTimeOffset.UnixEpoch.UtcTicks}
                                 FROM gone WHERE "Server" = gone."Id")
            DELETE FROM servers USING gone WHERE servers."Id" = gone."Id"
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add<T>(NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
