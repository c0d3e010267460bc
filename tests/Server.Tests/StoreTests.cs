using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Events.Sqlite.Reading;
using Fleet.Server.Hosting;
using Microsoft.Data.Sqlite;

namespace Fleet.Server.Tests;

public sealed class StoreTests : IDisposable
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);
    private readonly DataDirectory _data = DataDirectory.Open(Directory.CreateTempSubdirectory("fleet-store-").FullName);
    private readonly DayFiles _files;
    private readonly HostId _host = new(Guid.CreateVersion7(Midnight));

    public StoreTests() => _files = new DayFiles(_data);

    [Fact]
    public void Store_RepeatedOnTheNextDay_ChangesNothing()
    {
        DateOnly today = DateOnly.FromDateTime(Midnight.UtcDateTime);
        using (DayFile file = DayFile.Open(_files, today, new SumVariety()))
        {
            Assert.Equal(2, file.Store([Batch(1, 2)], out _).Count);
        }

        using DayFile next = DayFile.Open(_files, today.AddDays(1), new SumVariety());

        Assert.Equal([3], next.Store([Batch(1, 2, 3)], out EventPosition last).Select(item => item.Sequence));
        Assert.Equal(new EventPosition(today.AddDays(1), 1), last);
    }

    [Fact]
    public void Store_SequenceWithHole_CountsWhatIsMissingAsLost()
    {
        using DayFile file = DayFile.Open(_files, DateOnly.FromDateTime(Midnight.UtcDateTime), new SumVariety());

        file.Store([Batch(1, 5)], out _);

        SumReader reader = new(_files, new SumFiles(_data));
        Assert.Equal(3, reader.Losses(Midnight.AddDays(-1), Midnight.AddDays(1)).Values.Sum());
    }

    [Fact]
    public void Store_ThatFails_MovesNoMark()
    {
        using DayFile file = DayFile.Open(_files, DateOnly.FromDateTime(Midnight.UtcDateTime), new SumVariety());
        file.Store([Batch(1, 2)], out _);
        IncomingBatch bad = Batch(4);
        bad = bad with { Events = [bad.Events[0] with { Kind = null! }] };

        // The first batch of the group moves its mark before the second one ends the transaction.
        Assert.Throws<SqliteException>(() => file.Store([Batch(3), bad], out _));

        // An agent that says hello now is told this, and forgets what is below it.
        Assert.Equal(2, file.MarkOf(_host, 1));
    }

    [Fact]
    public void OpenForWriting_OfAFileThatIsRead_KeepsTheLocksOfTheReader()
    {
        DateOnly today = DateOnly.FromDateTime(Midnight.UtcDateTime);
        DayFile.Open(_files, today, new SumVariety()).Dispose();
        using SqliteConnection reader = _files.OpenForReading(today)!;
        using SqliteCommand query = reader.CreateCommand();
        query.CommandText = "SELECT count(*) FROM events";
        query.ExecuteScalar();
        int before = LocksOf(today);

        _files.OpenForWriting(today).Dispose();

        // Without its lock another process that closes the file last would remove the log that this one reads and writes.
        Assert.NotEqual(0, before);
        Assert.Equal(before, LocksOf(today));
    }

    [Fact]
    public void Open_FileHalfMadeByACrash_IsMadeAgainWithItsMarks()
    {
        DateOnly today = DateOnly.FromDateTime(Midnight.UtcDateTime);
        using (DayFile file = DayFile.Open(_files, today, new SumVariety()))
        {
            file.Store([Batch(1, 2)], out _);
        }

        _data.MakePrivate("events-20261126.db");
        using DayFile next = DayFile.Open(_files, today.AddDays(1), new SumVariety());

        Assert.Equal(2, next.MarkOf(_host, 1));
    }

    [Fact]
    public void Backward_AcrossDays_PagesNewestFirstAndMissesNothing()
    {
        DateOnly today = DateOnly.FromDateTime(Midnight.UtcDateTime);
        for (int day = 0; day < 3; day++)
        {
            using DayFile file = DayFile.Open(_files, today.AddDays(day), new SumVariety());
            file.Store([Batch([.. Enumerable.Range((day * 10) + 1, 10).Select(i => (long)i)])], out _);
        }

        EventReader reader = new(_files);
        List<long> read = [];
        EventPosition? before = null;
        do
        {
            EventPage page = reader.Backward(EventFilter.Everything, before, 7, CancellationToken.None);
            read.AddRange(page.Items.Select(item => item.Event.Sequence));
            before = page.Next;
        }
        while (before is not null);

        Assert.Equal(Enumerable.Range(1, 30).Reverse().Select(i => (long)i), read);
    }

    [Theory]
    [InlineData("offset:0x150", 2)]
    [InlineData("offset>=400", 1)]
    [InlineData("comm:SETPCI and decision:refuse", 3)]
    [InlineData("exe:/usr/*/setpci", 3)]
    [InlineData("not comm:setpci", 0)]
    [InlineData("comm:nobody or offset:400", 1)]
    [InlineData("host:store-host", 3)]
    [InlineData("host:\"store_host\"", 0)]
    [InlineData("detail:*refused*", 3)]
    [InlineData("count>1", 0)]
    public void Backward_Filtered_AnswersWhatTheSelectorSelects(string q, int expected)
    {
        using DayFile file = DayFile.Open(_files, DateOnly.FromDateTime(Midnight.UtcDateTime), new SumVariety());
        IncomingBatch batch = Batch(1, 2, 3);
        FleetEvent[] events = [.. batch.Events.Take(2), batch.Events[2] with { Offset = 400 }];
        file.Store([batch with { Events = events }], out _);
        Assert.True(Selector.TryParse(q, Selectables.EventFields, out Selector? selector, out _));

        Assert.Equal(expected, new EventReader(_files).Backward(EventFilter.Of(selector), null, 100, CancellationToken.None).Items.Count);
    }

    [Fact]
    public void DataDirectory_AlreadyTaken_SaysSo()
    {
        StartException refusal = Assert.Throws<StartException>(() => DataDirectory.Open(_data.Root));

        Assert.Contains("Another fleet-server", refusal.Message);
    }

    public void Dispose()
    {
        _data.Dispose();
        Directory.Delete(_data.Root, recursive: true);
    }

    // "1: POSIX  ADVISORY  READ 4711 08:01:1234 first last"
    private int LocksOf(DateOnly day)
    {
        long inode = long.Parse(Shell($"stat -c %i {Path.Combine(_data.Root, $"events-{day:yyyyMMdd}.db")}"));
        return File.ReadLines("/proc/locks").Count(line =>
            line.Contains($" {Environment.ProcessId} ", StringComparison.Ordinal) && line.Contains($":{inode} ", StringComparison.Ordinal));
    }

    private static string Shell(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }

    private IncomingBatch Batch(params long[] sequences) => new(_host, "store-host", 1, [.. sequences.Select(Event)], Midnight);

    private FleetEvent Event(long sequence) => new()
    {
        Host = _host,
        HostName = "store-host",
        Epoch = 1,
        Sequence = sequence,
        Time = Midnight,
        Kind = EventKinds.ContentionAccess,
        Caller = new Caller { Pid = 7, Comm = "setpci", Exe = "/usr/bin/setpci" },
        Operation = AccessOperation.Write,
        Offset = 0x150,
        Length = 4,
        Decision = Decision.Refuse,
        Detail = "A write was refused.",
    };
}
