using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Live;
using Fleet.Server.Live.News;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Bench;

/// <summary>The server's writer of events over a data directory, without the rest of a server.</summary>
internal sealed class BenchStore : IAsyncDisposable
{
    private const int Callers = 32;
    private readonly ServiceProvider _services;
    private readonly IEventStore _store;
    private readonly EventWriter _writer;
    private bool _closed;

    private BenchStore(IEventStore store, TimeProvider time)
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _store = store;
        NoNews news = new();
        _writer = new EventWriter(
            _store,
            new EventFlow(new FleetMetrics(_services.GetRequiredService<IMeterFactory>()), news),
            new LiveFeed(news, time),
            time,
            NullLogger<EventWriter>.Instance);
    }

    public static Task<BenchStore> OpenAsync(DataDirectory data, TimeProvider time) =>
        OpenAsync(new SqliteEventStore(new DayFiles(data), new SumFiles(data), time, NullLogger<SqliteEventStore>.Instance), time);

    /// <summary>The writer over a store of either kind; closing it closes a store of files.</summary>
    public static async Task<BenchStore> OpenAsync(IEventStore store, TimeProvider time)
    {
        BenchStore opened = new(store, time);
        await opened._writer.StartAsync(CancellationToken.None);
        return opened;
    }

    /// <summary>Reads --stored N, with underscores if one likes; 0 without it.</summary>
    public static long StoredOption(string[] options) => options switch
    {
        [] => 0,
        ["--stored", string text] when long.TryParse(text.Replace("_", ""), CultureInfo.InvariantCulture, out long count) && count is > 0 and <= 1_000_000_000 => count,
        _ => throw new ArgumentException($"'{string.Join(' ', options)}' is not --stored NUMBER (for example --stored 20000000)."),
    };

    /// <summary>Fills a directory: four days' files with a twentieth each, the rest in today's.</summary>
    public static async Task FillAsync(TextWriter output, DataDirectory data, EventSource source, long count)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        long start = Stopwatch.GetTimestamp();
        for (int daysAgo = 4; daysAgo >= 0; daysAgo--)
        {
            DateTimeOffset from = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-daysAgo);
            DateTimeOffset to = daysAgo is 0 ? now : from.AddDays(1).AddSeconds(-1);
            HandClock clock = new();
            clock.Advance(to - clock.GetUtcNow());
            await using BenchStore store = await OpenAsync(data, clock);
            await store.FillAsync(source, daysAgo is 0 ? count - (count / 20 * 4) : count / 20, from, to);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"filled in {count} events at {count / Stopwatch.GetElapsedTime(start).TotalSeconds:0} events/s, made by the same process; {new DirectoryInfo(data.Root).EnumerateFiles().Sum(file => file.Length) / (double)count:0} bytes an event on disk"));
        output.Flush();
    }

    /// <summary>Stores batches, each awaited by one of many callers, as connections of agents do.</summary>
    public async Task StoreAsync(IReadOnlyList<IncomingBatch> batches)
    {
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            // A caller sends the batches of its own hosts only, and the next one when the last is stored: that keeps them in order.
            for (int i = Interlocked.Increment(ref next); i < batches.Count; i = Interlocked.Increment(ref next))
            {
                await _writer.StoreAsync(batches[i], CancellationToken.None);
            }
        })));
    }

    public async Task CloseAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await _writer.StopAsync(CancellationToken.None);
            (_store as IDisposable)?.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _writer.Dispose();
        await _services.DisposeAsync();
    }

    public async Task FillAsync(EventSource source, long count, DateTimeOffset from, DateTimeOffset to)
    {
        const int atOnce = 50_000;
        Task<List<IncomingBatch>> made = Task.Run(() => source.Batches(atOnce, from));
        for (long done = 0; done < count; done += atOnce)
        {
            List<IncomingBatch> batches = await made;
            DateTimeOffset time = from + ((to - from) * ((done + atOnce) / (double)count));
            made = Task.Run(() => source.Batches(atOnce, time < to ? time : to));
            await StoreAsync(batches);
        }
    }
}
