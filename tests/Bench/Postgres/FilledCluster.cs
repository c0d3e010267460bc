using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Data.Events.Postgres;
using Fleet.Server.Data.Postgres;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fleet.Bench.Postgres;

/// <summary>
/// A PostgreSQL with so many events stored: four days with a twentieth each, the rest in the day after them, as the benchmarks of SQLite have it. Filling goes
/// on where it ended, so that one that is kept is filled once.
/// </summary>
internal sealed class FilledCluster : IAsyncDisposable
{
    private const int OlderDays = 4;
    private const int SharePerOlderDay = 20;
    private const int Step = 500_000;
    private readonly HandClock _clock = new();
    private DateTimeOffset _today;

    private FilledCluster(PostgresCluster cluster, string database)
    {
        Cluster = cluster;
        Database = database;
        Source = NpgsqlDataSource.Create(database);
        Store = new PostgresEventStore(Source, _clock);
    }

    public const string Name = "bench";

    public PostgresCluster Cluster { get; }

    /// <summary>The connection string.</summary>
    public string Database { get; }

    public NpgsqlDataSource Source { get; }

    public PostgresEventStore Store { get; }

    public EventSource Events { get; } = new();

    public TimeProvider Clock => _clock;

    /// <summary>The moment of the last event. The day that is written is the day of it, whatever day it is by now.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>So many are stored.</summary>
    public long Stored { get; private set; }

    /// <summary>Starts it, with what was stored before if it was kept.</summary>
    public static async Task<FilledCluster> OpenAsync(StoredOptions options)
    {
        string[] settings = ["shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=15min"];
        PostgresCluster cluster = options.Keep is { } directory ? await PostgresCluster.OpenAsync(directory, settings) : await PostgresCluster.StartAsync(durable: true, smallDisk: 0, settings);
        bool there = await cluster.SqlAsync("postgres", $"SELECT count(*) FROM pg_database WHERE datname = '{Name}'") is "1";
        FilledCluster filled = new(cluster, there ? cluster.ConnectionString(Name) : await cluster.CreateDatabaseAsync(Name));
        DbContextOptionsBuilder<PostgresFleetDb> db = new();
        PostgresFleetDb.Configure(db, filled.Source);
        await using (PostgresFleetDb migrated = new(db.Options))
        {
            await migrated.Database.MigrateAsync();
        }

        await filled.ResumeAsync();
        return filled;
    }

    /// <summary>Stores what is missing to so many, and says how far it is.</summary>
    public async Task FillAsync(TextWriter output, long count)
    {
        long start = Stopwatch.GetTimestamp();
        long before = Stored;
        for (int daysAgo = OlderDays; daysAgo >= 0; daysAgo--)
        {
            DateTimeOffset from = _today.AddDays(-daysAgo);
            DateTimeOffset to = daysAgo is 0 ? _today.AddHours(23) : from.AddDays(1).AddSeconds(-1);
            long wanted = daysAgo is 0 ? count - (count / SharePerOlderDay * OlderDays) : count / SharePerOlderDay;
            long held = await RowsAsync(DateOnly.FromDateTime(from.UtcDateTime));
            for (; held < wanted; held += Step)
            {
                DateTimeOffset next = from + ((to - from) * (Math.Min(wanted, held + Step) / (double)wanted));
                DateTimeOffset last = from + ((to - from) * (held / (double)wanted));
                MoveTo(next);
                await using BenchStore bench = await BenchStore.OpenAsync(Store, _clock);
                await bench.FillAsync(Events, Math.Min(Step, wanted - held), last, next);
                Stored += Math.Min(Step, wanted - held);
                Say(output, $"filling: {Stored} of {count} stored, {(Stored - before) / Stopwatch.GetElapsedTime(start).TotalSeconds:0} events/s, made by the same process");
            }
        }

        string size = await Cluster.SqlAsync(Name, "SELECT sum(pg_total_relation_size(inhrelid))::bigint / (SELECT sum(last_row) FROM event_days) FROM pg_inherits WHERE inhparent = 'events'::regclass");
        Say(output, $"{Stored} events stored, {size[..Math.Min(3, size.Length)]} bytes an event in their partitions with all indexes");
    }

    /// <summary>What a benchmark stored beside <see cref="FillAsync"/>.</summary>
    public void Added(long events) => Stored += events;

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    // An agent goes on with the sequence after its last, and the day that is written stays the one it was.
    private async Task ResumeAsync()
    {
        _today = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        IReadOnlyList<DateOnly> days = await Store.DaysAsync(CancellationToken.None);
        if (days is [DateOnly oldest, ..])
        {
            _today = new DateTimeOffset(oldest.AddDays(OlderDays), TimeOnly.MinValue, TimeSpan.Zero);
            await using NpgsqlCommand latest = Source.CreateCommand("SELECT latest FROM event_zones ORDER BY day DESC, zone DESC LIMIT 1");
            MoveTo(DateTimeOffset.UnixEpoch.AddMicroseconds((long)(await latest.ExecuteScalarAsync())!));
            await using NpgsqlCommand rows = Source.CreateCommand("SELECT sum(last_row)::bigint FROM event_days");
            Stored = (long)(await rows.ExecuteScalarAsync())!;
        }
        else
        {
            MoveTo(_today.AddDays(-OlderDays).AddMinutes(1));
        }

        await using NpgsqlCommand marks = Source.CreateCommand("SELECT host, seq FROM event_marks WHERE epoch = 1");
        await using NpgsqlDataReader row = await marks.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            Events.GoOn(new HostId(row.GetGuid(0)), row.GetInt64(1));
        }
    }

    private async Task<long> RowsAsync(DateOnly day)
    {
        await using NpgsqlCommand command = Source.CreateCommand($"SELECT last_row FROM event_days WHERE day = DATE '{day:yyyy-MM-dd}'");
        return await command.ExecuteScalarAsync() is long rows ? rows : 0;
    }

    private void MoveTo(DateTimeOffset time) => _clock.Advance(time - _clock.GetUtcNow());

    private static void Say(TextWriter output, FormattableString text)
    {
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }
}
