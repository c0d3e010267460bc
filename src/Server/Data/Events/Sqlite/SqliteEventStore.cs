using Fleet.Contracts;
using Fleet.Server.Data.Events.Sqlite.Reading;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Data.Events.Sqlite;

/// <summary>Events in one file a day. Work is done on the caller's thread: SQLite knows no other way.</summary>
internal sealed class SqliteEventStore(DayFiles files, SumFiles sums, TimeProvider time, ILogger<SqliteEventStore> log) : IEventStore, IDisposable
{
    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;
    private readonly Lock _gate = new();
    private readonly EventReader _reader = new(files);
    private readonly SumVariety _variety = new();
    private readonly SumReader _sums = new(files, sums);
    private DayFile? _file;
    private EventPosition _last;

    public Task<StoredGroup> StoreAsync(IReadOnlyList<IncomingBatch> group, CancellationToken ct)
    {
        lock (_gate)
        {
            try
            {
                DayFile file = Current();
                IReadOnlyList<FleetEvent> stored = file.Store(group, out _last);
                return Task.FromResult(new StoredGroup(stored, [.. group.Select(batch => file.MarkOf(batch.Host, batch.Epoch))], _last));
            }
            catch (SqliteException error) when (DamagedDayException.IsDamage(error) && _file is { } damaged)
            {
                // Nothing of the group is stored; the next attempt begins a new file.
                SetAside(damaged.Day, error);
                throw new StoreUnavailableException($"The file of events was damaged and has been set aside: {error.Message}", error);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException || (error is SqliteException sqlite && !IsOfTheValues(sqlite)))
            {
                Close();
                throw new StoreUnavailableException($"The file of events cannot be written: {error.Message}", error);
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    // A file is made in no time.
    public Task PrepareAsync(DateOnly day, CancellationToken ct) => Task.CompletedTask;

    public Task<long> MarkOfAsync(HostId host, long epoch, CancellationToken ct)
    {
        lock (_gate)
        {
            return Task.FromResult(Current().MarkOf(host, epoch));
        }
    }

    public Task<EventPage> BackwardAsync(EventFilter filter, EventPosition? before, int limit, CancellationToken ct) =>
        Task.FromResult(Read(() => _reader.Backward(filter, before, limit, ct), ct));

    public Task<EventPage> ForwardAsync(EventFilter filter, EventPosition after, int limit, CancellationToken ct) =>
        Task.FromResult(Read(() => _reader.Forward(filter, after, limit, ct), ct));

    public Task<EventPosition> EndAsync(CancellationToken ct) => Task.FromResult(Read(_reader.End, ct));

    public Task<IReadOnlyList<DateOnly>> DaysAsync(CancellationToken ct) => Task.FromResult(files.Days());

    public Task<IReadOnlyList<StoredDay>> StoredDaysAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<StoredDay>>([.. files.Days().Select(day => new StoredDay(day, files.BytesOf(day)))]);

    public Task DeleteAsync(DateOnly day, CancellationToken ct)
    {
        try
        {
            sums.Keep(files, day);
        }
        catch (Exception error) when (SumFiles.IsOfTheDisk(error))
        {
            // Room is what this is about.
            log.SumsNotKept(error, day);
        }
        catch (Exception error) when (error is DamagedDayException || (error is SqliteException sqlite && DamagedDayException.IsDamage(sqlite)))
        {
            lock (_gate)
            {
                SetAside(day, error);
            }

            throw;
        }

        files.Delete(day);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DateOnly>> SumDaysAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<DateOnly>>([.. sums.Days().Except(files.Days())]);

    public Task DeleteSumsAsync(DateOnly day, CancellationToken ct)
    {
        sums.Delete(day);
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> Damaged() => [.. files.Damaged(), .. sums.Damaged()];

    public Task<IReadOnlyList<ContentionRow>> ContentionAsync(SumQuery query, CancellationToken ct) =>
        Task.FromResult(Read(() => _sums.Contention(query, ct), ct));

    public Task<IReadOnlyDictionary<HostId, long>> LossesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        Task.FromResult(Read(() => _sums.Losses(from, to), ct));

    public void Dispose() => Close();

    // A reading that meets a damaged file begins again without it: what the other days hold is still answered.
    private T Read<T>(Func<T> reading, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return reading();
            }
            catch (DamagedDayException error) when (error.OfSums)
            {
                SetSumsAside(error.Day, error);
            }
            catch (DamagedDayException error)
            {
                lock (_gate)
                {
                    SetAside(error.Day, error);
                }
            }
        }
    }

    private void SetSumsAside(DateOnly day, Exception why)
    {
        lock (_gate)
        {
            if (sums.SetAside(day) is { } name)
            {
                log.SumsSetAside(why, day, name);
            }
        }
    }

    private static bool IsOfTheValues(SqliteException error) => error.SqliteErrorCode is SqliteTooBig or SqliteConstraint or SqliteMismatch;

    // The file's memory of hosts and sums may be ahead of the disk after a failure: begin again from the disk.
    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private DayFile Current()
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (_file is { } open && open.Day >= today)
        {
            return open;
        }

        Close();

        // A clock that was set back goes on in the newest file: positions only ever rise.
        _file = Open(files.Days() is [.., DateOnly newest] && newest > today ? newest : today);
        log.DayBegan(_file.Day);
        return _file;
    }

    private DayFile Open(DateOnly day)
    {
        while (true)
        {
            try
            {
                return DayFile.Open(files, day, _variety, _last.Day == day ? _last.Row : 0);
            }
            catch (DamagedDayException error)
            {
                SetAside(error.Day, error);
            }
        }
    }

    private void SetAside(DateOnly day, Exception why)
    {
        if (_file?.Day == day)
        {
            Close();
        }

        if (files.Exists(day))
        {
            log.DaySetAside(why, day, files.SetAside(day));
        }
    }
}
