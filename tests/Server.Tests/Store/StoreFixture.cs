using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Store;

/// <summary>A store of events in a directory of its own, and events to put into it.</summary>
internal sealed class StoreFixture : IDisposable
{
    public static readonly DateTimeOffset Morning = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Kinds = [EventKinds.ContentionAccess, EventKinds.HoldGranted, EventKinds.MailboxState];
    private readonly HostId[] _hosts = [.. Enumerable.Range(1, 5).Select(i => new HostId(new Guid(i, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0)))];
    private readonly long[] _sequences = new long[5];

    public StoreFixture()
    {
        Data = DataDirectory.Open(Directory.CreateTempSubdirectory("fleet-store-").FullName);
        Files = new DayFiles(Data);
        Time = new FakeTimeProvider(Morning);
        Store = Reopened();
    }

    public DataDirectory Data { get; }

    public DayFiles Files { get; }

    public FakeTimeProvider Time { get; }

    public SqliteEventStore Store { get; private set; }

    public HostId Host(int host) => _hosts[host];

    public string FileOf(DateOnly day) => Path.Combine(Data.Root, $"events-{day:yyyyMMdd}.db");

    /// <summary>The store as a restarted server has it.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = Reopened();
    }

    /// <summary>The fleet's database beside it.</summary>
    public async Task<IDbContextFactory<FleetDb>> FleetAsync()
    {
        DbContextOptionsBuilder<SqliteFleetDb> options = new();
        SqliteFleetDb.Configure(options, Data.Database);
        FleetDbFactory<SqliteFleetDb> databases = new(new Pristine(options.Options));
        await using FleetDb db = databases.CreateDbContext();
        await db.Database.MigrateAsync();
        return databases;
    }

    /// <summary>A batch of random events of one host that go on where its last batch ended.</summary>
    public IncomingBatch Batch(int host, int count, Random random) => new(
        _hosts[host], "host-" + host, 1, [.. Enumerable.Range(0, count).Select(_ => Event(host, ++_sequences[host], random))], Time.GetUtcNow());

    public Task<StoredGroup> StoreAsync(params IncomingBatch[] batches) => Store.StoreAsync(batches, CancellationToken.None);

    /// <summary>Every event that a filter selects, page by page.</summary>
    public async Task<List<StoredEvent>> ReadAsync(string q, int limit = 100, DateTimeOffset? since = null, DateTimeOffset? until = null)
    {
        if (!Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out SelectorError? error))
        {
            throw new ArgumentException(error.ToString(), nameof(q));
        }

        List<StoredEvent> all = [];
        EventPosition? next = null;
        do
        {
            EventPage page = await Store.BackwardAsync(EventFilter.Of(selector, since, until), next, limit, CancellationToken.None);
            all.AddRange(page.Items);
            next = page.Next;
        }
        while (next is not null);
        return all;
    }

    public void Dispose()
    {
        Store.Dispose();
        Data.Dispose();
        Directory.Delete(Data.Root, recursive: true);
    }

    private sealed class Pristine(DbContextOptions<SqliteFleetDb> options) : IDbContextFactory<SqliteFleetDb>
    {
        public SqliteFleetDb CreateDbContext() => new(options);
    }

    private SqliteEventStore Reopened() => new(Files, new SumFiles(Data), Time, NullLogger<SqliteEventStore>.Instance);

    private FleetEvent Event(int host, long sequence, Random random) => new()
    {
        Host = _hosts[host],
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
