using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Postgres;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Fleet.Server.Tests.Postgres;

/// <summary>A store of events in a database of its own, and events to put into it.</summary>
public sealed class PostgresStoreFixture : IAsyncLifetime
{
    public static readonly DateTimeOffset Morning = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Kinds = [EventKinds.ContentionAccess, EventKinds.HoldGranted, EventKinds.MailboxState];
    private readonly long[] _sequences = new long[16];
    private string? _database;
    private NpgsqlDataSource? _source;

    internal FakeTimeProvider Time { get; } = new(Morning);

    internal NpgsqlDataSource Source => _source!;

    internal PostgresEventStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = NpgsqlDataSource.Create(_database!);
        Store = Another();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await TestDatabase.DropAsync(_database);
    }

    /// <summary>The store as another server on the same database has it.</summary>
    internal PostgresEventStore Another() => new(Source, Time);

    /// <summary>Goes on with the store as a restarted server has it.</summary>
    internal void Reopen() => Store = Another();

    internal static HostId Host(int host) => new(new Guid(host + 1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0));

    /// <summary>A batch of random events of one host that go on where its last batch ended.</summary>
    internal IncomingBatch Batch(int host, int count, Random random) => new(
        Host(host), "host-" + host, 1, [.. Enumerable.Range(0, count).Select(_ => Event(host, ++_sequences[host], random))], Time.GetUtcNow());

    internal IncomingBatch Batch(params long[] sequences) =>
        new(Host(0), "host-0", 1, [.. sequences.Select(sequence => Event(0, sequence, new Random(1)))], Time.GetUtcNow());

    internal Task<StoredGroup> StoreAsync(params IncomingBatch[] batches) => Store.StoreAsync(batches, TestContext.Current.CancellationToken);

    /// <summary>Waits until so many sessions of this database wait for locks of others.</summary>
    internal Task UntilSomebodyWaitsAsync(long sessions = 1) => WaitFor.TrueAsync(
        async () =>
        {
            await using NpgsqlCommand waiting = Source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
            return await waiting.ExecuteScalarAsync(TestContext.Current.CancellationToken) is long waiters && waiters >= sessions;
        });

    /// <summary>Every event that a filter selects, page by page.</summary>
    internal async Task<List<StoredEvent>> ReadAsync(string q, int limit = 100, DateTimeOffset? since = null, DateTimeOffset? until = null)
    {
        Assert.True(Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out _));
        List<StoredEvent> all = [];
        EventPosition? next = null;
        do
        {
            EventPage page = await Store.BackwardAsync(EventFilter.Of(selector, since, until), next, limit, TestContext.Current.CancellationToken);
            all.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);
        return all;
    }

    internal FleetEvent Event(int host, long sequence, Random random) => new()
    {
        Host = Host(host),
        HostName = "host-" + host,
        Epoch = 1,
        Sequence = sequence,
        Time = Time.GetUtcNow().AddSeconds(-random.Next(7200)),
        Kind = random.Next(500) is 0 ? EventKinds.AttestationFailed : Kinds[random.Next(Kinds.Length)],
        Function = random.Next(4) is 0 ? null : new PciAddress(0, (byte)random.Next(3), 0, 0),
        Caller = new Caller { Pid = random.Next(2, 40), Comm = random.Next(3) is 0 ? "lspci" : "setpci", Exe = "/usr/bin/setpci" },
        Decision = Decision.Refuse,
        Offset = random.Next(8) * 4,
        Detail = "A write was refused.",
    };
}
