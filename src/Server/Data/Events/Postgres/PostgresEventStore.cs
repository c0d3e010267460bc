using Fleet.Contracts;
using Npgsql;

namespace Fleet.Server.Data.Events.Postgres;

/// <summary>Events in a table with a partition for each day. Several servers may share it.</summary>
internal sealed class PostgresEventStore(NpgsqlDataSource source, TimeProvider time) : IEventStore
{
    private const int Tries = 4;
    private readonly EventTransaction _transaction = new(source, time);
    private readonly PostgresEventReader _reader = new(source);
    private readonly PostgresSumReader _sums = new(source);

    public Task<StoredGroup> StoreAsync(IReadOnlyList<IncomingBatch> group, CancellationToken ct) => AskAsync(async () =>
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await _transaction.StoreAsync(group, ct);
            }
            catch (Exception error) when (attempt < Tries && (DatabaseFailures.IsConflict(error) || DatabaseFailures.IsRace(error)))
            {
                // Somebody else's transaction got in the way (a deadlock with an administrator's, say), and nothing is stored. The lock that comes first makes
                // the next attempt wait for whoever is ahead, and all that was remembered is read anew.
            }
        }
    });

    public Task PrepareAsync(DateOnly day, CancellationToken ct) => AskAsync(async () =>
    {
        await _transaction.PrepareAsync(day, ct);
        return true;
    });

    public Task<long> MarkOfAsync(HostId host, long epoch, CancellationToken ct) => AskAsync(async () =>
    {
        await using NpgsqlCommand command = source.CreateCommand("SELECT seq FROM event_marks WHERE host = $1 AND epoch = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = host.Value });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = epoch });
        return await command.ExecuteScalarAsync(ct) is long sequence ? sequence : 0;
    });

    public Task<EventPage> BackwardAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct) =>
        AskAsync(() => _reader.BackwardAsync(filter, before, limit, ct));

    public Task<EventPage> ForwardAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct) =>
        AskAsync(() => _reader.ForwardAsync(filter, after, limit, ct));

    public Task<EventPosition> EndAsync(CancellationToken ct) => AskAsync(() => _reader.EndAsync(ct));

    public Task<IReadOnlyList<DateOnly>> DaysAsync(CancellationToken ct) => AskAsync(async () =>
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        return await DayTables.KeptAsync(connection, ct);
    });

    public Task DeleteAsync(DateOnly day, CancellationToken ct) => AskAsync(async () =>
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        await DayTables.DropEventsAsync(connection, day, ct);
        return true;
    });

    public Task<IReadOnlyList<StoredDay>> StoredDaysAsync(CancellationToken ct) => AskAsync(async () =>
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        return await DayTables.SizesAsync(connection, ct);
    });

    public Task<IReadOnlyList<DateOnly>> SumDaysAsync(CancellationToken ct) => AskAsync(async () =>
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        return await DayTables.SumsAsync(connection, ct);
    });

    public Task DeleteSumsAsync(DateOnly day, CancellationToken ct) => AskAsync(async () =>
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct);
        await DayTables.DropSumsAsync(connection, day, ct);
        return true;
    });

    public Task<IReadOnlyList<ContentionRow>> ContentionAsync(SumQuery query, CancellationToken ct) => AskAsync(() => _sums.ContentionAsync(query, ct));

    public Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        AskAsync(() => _sums.LossesAsync(from, to, ct));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (DatabaseFailures.Reason(error) is { } reason)
        {
            throw new StoreUnavailableException(reason, error);
        }
    }
}
