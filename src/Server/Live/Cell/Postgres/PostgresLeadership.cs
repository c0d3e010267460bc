using Fleet.Server.Data;
using Fleet.Server.Data.Cell;
using Fleet.Server.Data.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Server.Live.Cell.Postgres;

/// <summary>
/// Leads while it holds an advisory lock, on a connection that is for nothing else: when the connection ends, so does the lock and so does the term. Between
/// two leaders stand three things: a term ends at the first sign that the connection is bad, the next one waits until that must have been seen, and what a
/// leader changes in steps is fenced by the number of its term.
/// </summary>
internal sealed class PostgresLeadership(OwnSessions sessions, ServerRoster servers, TimeProvider time, ILogger<PostgresLeadership> log) : BackgroundService, ILeadership
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // A leader looks each second and waits a second for the answer; one that did not sign off may work that long after its lock was gone.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private readonly Lock _gate = new();
    private TaskCompletionSource<LeaderTerm> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeaderTerm? _term;

    public LeaderTerm? Term => _term is { Ended.IsCancellationRequested: false } term ? term : null;

    public Task<LeaderTerm> WaitAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return Term is { } term ? Task.FromResult(term) : _next.Task.WaitAsync(ct);
        }
    }

    public async Task FenceAsync(FleetDb db, LeaderTerm term, CancellationToken ct)
    {
        List<long> generation = await db.Database.SqlQuery<long>($"""SELECT "Generation" AS "Value" FROM leadership WHERE "Id" = {LeadershipRow.Only} FOR SHARE""").ToListAsync(ct);
        if (generation is not [long current] || current != term.Generation)
        {
            throw new LeadershipLostException(term.Generation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await sessions.OpenAsync(stoppingToken);
                await ServeAsync(connection, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.LeadershipUnknown(error);
            }

            await Task.Delay(Look, time, stoppingToken);
        }
    }

    private async Task ServeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // The lock of a machine that lost its power must not outlive it by the two hours that TCP gives by default.
        await RunAsync(connection, "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 10000", ct);
        while (!await ScalarAsync<bool>(connection, "SELECT pg_try_advisory_lock($1, $2)", ct, PostgresLocks.Family, (int)PostgresLock.Leader))
        {
            await Task.Delay(Look, time, ct);
        }

        string? before = await ScalarAsync<string?>(connection, """SELECT "Server" FROM leadership WHERE "Id" = $1""", ct, LeadershipRow.Only);
        long generation = await ScalarAsync<long>(
            connection, """UPDATE leadership SET "Generation" = "Generation" + 1, "Server" = $2, "Since" = $3 WHERE "Id" = $1 RETURNING "Generation" """, ct,
            LeadershipRow.Only, servers.Me, time.GetUtcNow().UtcTicks);
        if (before is not null)
        {
            await Task.Delay(Grace, time, ct);
        }

        using CancellationTokenSource term = new();
        Begin(new LeaderTerm(generation, time.GetUtcNow(), term.Token));
        try
        {
            await HoldAsync(connection, generation, ct);
        }
        finally
        {
            End();
            await term.CancelAsync();
            log.LeadershipEnded(generation);
        }
    }

    /// <summary>Ends, by an exception, when the connection does or another has begun.</summary>
    private async Task HoldAsync(NpgsqlConnection connection, long generation, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                using CancellationTokenSource limit = new(Look, time);
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
                if (await ScalarAsync<long>(connection, """SELECT "Generation" FROM leadership WHERE "Id" = $1""", either.Token, LeadershipRow.Only) != generation)
                {
                    throw new LeadershipLostException(generation);
                }

                await Task.Delay(Look, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // In good order: whoever leads on this server has stopped before, so the next one need not wait.
            await ScalarAsync<long>(
                connection, """UPDATE leadership SET "Server" = NULL WHERE "Id" = $1 AND "Generation" = $2 RETURNING "Generation" """, CancellationToken.None,
                LeadershipRow.Only, generation);
            throw;
        }
    }

    private void Begin(LeaderTerm term)
    {
        lock (_gate)
        {
            _term = term;
            _next.SetResult(term);
        }

        log.LeadershipBegan(term.Generation);
    }

    private void End()
    {
        lock (_gate)
        {
            _term = null;
            _next = new TaskCompletionSource<LeaderTerm>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using NpgsqlCommand command = new(sql, connection);
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        object? found = await command.ExecuteScalarAsync(ct);
        return found is null or DBNull ? default : (T)found;
    }
}
