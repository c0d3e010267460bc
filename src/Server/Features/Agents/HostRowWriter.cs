using System.Collections.Concurrent;
using Fleet.Contracts;
using Fleet.Server.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fleet.Server.Features.Agents;

/// <summary>
/// Changes rows of hosts, many in one transaction: what gathers while one is on its way to disk goes into the next together. When thousands of agents come
/// at once there are some dozen commits, not thousands, and no two of them wait for each other's rows.
/// </summary>
internal sealed class HostRowWriter(IDbContextFactory<FleetDb> databases) : IDisposable
{
    private const int RowsPerTransaction = 500;
    private readonly ConcurrentQueue<Change> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Transactions so far.</summary>
    public long Transactions { get; private set; }

    /// <summary>Makes one change, of one host's row; returns when it is committed.</summary>
    public async Task WriteAsync(HostId host, Func<FleetDb, Task> apply)
    {
        Change change = new(host, apply);
        _waiting.Enqueue(change);
        await _turn.WaitAsync();
        try
        {
            // Whoever had the turn before may have taken this one along.
            while (!change.Committed.IsCompleted)
            {
                await CommitAsync();
            }
        }
        finally
        {
            _turn.Release();
        }

        await change.Committed;
    }

    public void Dispose() => _turn.Dispose();

    private async Task CommitAsync()
    {
        List<Change> group = [];
        while (group.Count < RowsPerTransaction && _waiting.TryDequeue(out Change? next))
        {
            group.Add(next);
        }

        try
        {
            await ApplyAsync(group);
        }
        catch (Exception error) when (group.Count is 1 || DatabaseFailures.Reason(error) is not null)
        {
            group.ForEach(change => change.Fail(error));
        }
        catch (Exception)
        {
            await ApplySinglyAsync(group);
        }
    }

    private async Task ApplyAsync(List<Change> group)
    {
        await using FleetDb db = await databases.CreateDbContextAsync();
        await using IDbContextTransaction transaction = await db.BeginChangeAsync(CancellationToken.None);

        // In one order on every server, so that two of them cannot lock each other out. Changes of one host stay in the order they came in.
        foreach (Change change in group.OrderBy(change => change.Host.ToString(), StringComparer.Ordinal))
        {
            await change.Apply(db);
        }

        await transaction.CommitAsync();
        Transactions++;
        group.ForEach(change => change.Succeed());
    }

    // What is wrong with one host's row must not fail the others'. A database that is gone by now fails all that are left.
    private async Task ApplySinglyAsync(List<Change> group)
    {
        for (int i = 0; i < group.Count; i++)
        {
            try
            {
                await ApplyAsync([group[i]]);
            }
            catch (Exception error) when (DatabaseFailures.Reason(error) is not null)
            {
                group[i..].ForEach(change => change.Fail(error));
                return;
            }
            catch (Exception error)
            {
                group[i].Fail(error);
            }
        }
    }

    private sealed class Change(HostId host, Func<FleetDb, Task> apply)
    {
        private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HostId Host => host;

        public Func<FleetDb, Task> Apply => apply;

        public Task Committed => _committed.Task;

        public void Succeed() => _committed.TrySetResult();

        public void Fail(Exception error) => _committed.TrySetException(error);
    }
}
