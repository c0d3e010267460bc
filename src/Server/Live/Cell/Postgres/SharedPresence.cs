using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Cell;
using Fleet.Server.Live.News;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>
/// Which server holds which host, in the database, for those that begin later or missed the news. What is written is the difference between what this server
/// holds and what it wrote, in two statements whatever their number, so a storm of agents is no storm of row updates and a failure is made good by the next.
/// </summary>
internal sealed class SharedPresence(NpgsqlDataSource source, IDbContextFactory<FleetDb> databases, HostPresence presence, ServerRoster servers, IFleetNews news, TimeProvider time)
{
    private HashSet<HostId> _written = [];
    private ImmutableHashSet<HostId> _lost = [];

    /// <summary>
    /// Takes in what the database says of all hosts. Where it has one of this server's with nobody who lives, another's row came late (the host was there for a
    /// moment): it is written, and told, anew. One that another server which lives says it holds is that one's to correct.
    /// </summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        HashSet<HostId> lost = presence.Here();
        await using FleetDb db = await databases.CreateDbContextAsync(ct);
        await foreach (HostConnectionRow row in db.Set<HostConnectionRow>().AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            presence.Remember(row.Host, row.LastSeen, row.Server);
            if (row.Server is { } server && servers.IsAlive(server))
            {
                lost.Remove(row.Host);
            }
        }

        Volatile.Write(ref _lost, [.. lost]);
    }

    /// <summary>The others have forgotten what this server holds: all of it is written, and told, anew.</summary>
    public void Renew()
    {
        _written = [];
        foreach (HostId host in presence.Here())
        {
            news.Publish(NewsKind.Here, host.ToString());
        }
    }

    /// <summary>Writes what has changed since the last time. One caller at a time.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        ImmutableHashSet<HostId> lost = Interlocked.Exchange(ref _lost, []);
        _written.ExceptWith(lost);
        HashSet<HostId> here = presence.Here();
        string[] came = [.. here.Where(host => !_written.Contains(host)).Select(host => host.ToString())];
        string[] left = [.. _written.Where(host => !here.Contains(host)).Select(host => host.ToString())];
        await RunAsync(
            """
            INSERT INTO host_connections ("Host", "Server", "LastSeen") SELECT unnest($1), $2, $3
            ON CONFLICT ("Host") DO UPDATE SET "Server" = excluded."Server", "LastSeen" = excluded."LastSeen"
            """,
            came, ct);
        await RunAsync("""UPDATE host_connections SET "Server" = NULL, "LastSeen" = $3 WHERE "Host" = ANY($1) AND "Server" = $2""", left, ct);
        _written = here;
        foreach (HostId host in lost.Where(here.Contains))
        {
            // After the commit: who reads the row before would take the host for gone once more.
            news.Publish(NewsKind.Here, host.ToString());
        }
    }

    private async Task RunAsync(string sql, string[] hosts, CancellationToken ct)
    {
        if (hosts.Length is 0)
        {
            return;
        }

        await using NpgsqlCommand command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = hosts });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = servers.Me });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = time.GetUtcNow().UtcTicks });
        await command.ExecuteNonQueryAsync(ct);
    }
}
