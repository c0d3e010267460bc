using System.Diagnostics;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Broker.Tests;

public sealed class JournalTests : IDisposable
{
    private static readonly PciAddress Address = PciAddress.Parse("10000:e1:1f.7");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("journal-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 30, TimeSpan.Zero));

    private string FilePath => Path.Combine(_directory.FullName, "journal");

    [Fact]
    public void Record_SameAccess_IsOneCellPerMinute()
    {
        using AccessJournal journal = Open();
        Record(journal, 0x158);
        Record(journal, 0x158);
        Record(journal, 0x15c);
        _time.Advance(TimeSpan.FromMinutes(1));
        Record(journal, 0x158);

        JournalContent content = journal.Read();

        Assert.Equal([(0x158, 2L), (0x15c, 1L), (0x158, 1L)], content.Entries.Select(e => (e.Offset, e.Count)));
        JournalEntry first = content.Entries[0];
        Assert.Equal(
            (Address, 4, AccessOperation.Write, Decision.Refuse, 3, "/usr/bin/setpci", 1000u, "ssh.service"),
            (first.Function, first.Length, first.Operation, first.Decision, first.Generation, first.Exe, first.Uid, first.Unit));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), first.Minute);
    }

    [Fact]
    public void Read_FileOfAnAgentThatNeverClosedIt_HasEveryAccess()
    {
        AccessJournal lost = Open();
        Record(lost, 0x158);
        Record(lost, 0x158);

        Assert.Equal(2, JournalReader.Read(FilePath).Total);
        using AccessJournal next = Open();
        Record(next, 0x158);
        Assert.Equal(3, Assert.Single(next.Read().Entries).Count);
        GC.KeepAlive(lost);
    }

    [Fact]
    public async Task Read_AfterSigkill_HasEveryAccessThatWasAnswered()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.Environment[KilledWriter.Variable] = FilePath;
        using Process writer = Process.Start(start)!;
        long said = 0;
        while (said < 20_000)
        {
            said = long.Parse((await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        }

        writer.Kill();
        await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
        while (await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && long.TryParse(line, out long later))
        {
            said = later;
        }

        Assert.InRange(JournalReader.Read(FilePath).Total, said, said + 100);
    }

    [Fact]
    public void Record_ExecutablesOfTheSamePath_AreToldApartByTheirHash()
    {
        string hash = new('a', 64);
        using (AccessJournal journal = Open())
        {
            journal.Record(Address, 0, 4, AccessOperation.Read, Decision.Cached, 1, Rig.Setpci);
            journal.Record(Address, 0, 4, AccessOperation.Read, Decision.Cached, 1, Rig.Setpci with { ExeHash = hash });
        }

        using AccessJournal next = Open();
        next.Record(Address, 0, 4, AccessOperation.Read, Decision.Cached, 1, Rig.Setpci with { ExeHash = hash });
        Assert.Equal([(null, 1L), (hash, 2L)], next.Read().Entries.OrderBy(e => e.Count).Select(e => (e.ExeHash, e.Count)));
    }

    [Fact]
    public void Intervals_BegunAndEnded_AreReadWithTheirHolder()
    {
        using AccessJournal journal = Open();
        int hold = journal.Intervals.Begin(IntervalKind.Hold, Address, 0x150, 0x18, Rig.Tool);
        _time.Advance(TimeSpan.FromSeconds(2));
        int lease = journal.Intervals.Begin(IntervalKind.Lease, null, 0, 0, Rig.Root);
        journal.Intervals.End(hold);
        IReadOnlyList<JournalInterval> intervals = journal.Read().Intervals;
        Assert.True(lease >= 0);
        Assert.Equal(
            [(IntervalKind.Hold, (PciAddress?)Address, "/usr/bin/spdm-utils", true), (IntervalKind.Lease, null, "/bin/bash", false)],
            intervals.Select(i => (i.Kind, i.Function, i.Exe, i.Ended is not null)));
        Assert.Equal(TimeSpan.FromSeconds(2), intervals[0].Ended - intervals[0].Began);
    }

    [Fact]
    public async Task Intervals_Hold_IsNotedFromTakingToEnding()
    {
        using Rig rig = new();
        MemorySpace space = new("0000:01:00.0");
        rig.Attach(space);
        HoldFacts hold = (await rig.Broker.HoldAsync(space.Address, Rig.Tool, "measuring", null, TestContext.Current.CancellationToken)).Hold!;
        Assert.Null(Assert.Single(rig.Broker.ReadJournal().Intervals).Ended);
        rig.Broker.EndHold(hold.Id, Rig.Tool);
        JournalInterval interval = Assert.Single(rig.Broker.ReadJournal().Intervals);
        Assert.Equal((IntervalKind.Hold, Rig.Tool.Exe, true), (interval.Kind, interval.Exe, interval.Ended is not null));
    }

    [Fact]
    public void Intervals_MoreThanThereIsRoomFor_ReplaceTheOldestEndedOrAreCounted()
    {
        using AccessJournal journal = Open();
        int first = journal.Intervals.Begin(IntervalKind.Claim, Address, 0, 1, Rig.Tool);
        for (int i = 1; i < JournalLayout.MostIntervals; i++)
        {
            journal.Intervals.Begin(IntervalKind.Claim, Address, 1, 1, Rig.Tool);
        }

        Assert.Equal(-1, journal.Intervals.Begin(IntervalKind.Claim, Address, 2, 1, Rig.Tool));
        journal.Intervals.End(first);
        Assert.Equal(first, journal.Intervals.Begin(IntervalKind.Claim, Address, 3, 1, Rig.Tool));
        JournalContent content = journal.Read();
        Assert.Equal((JournalLayout.MostIntervals, 1L), (content.Intervals.Count, content.UntoldIntervals));
        Assert.DoesNotContain(content.Intervals, i => i.Offset is 0 or 2);
    }

    [Fact]
    public void Open_TornCells_AreFreedAndCounted()
    {
        using (AccessJournal journal = Open())
        {
            Record(journal, 0x158);
            Record(journal, 0x15c);
        }

        byte[] bytes = File.ReadAllBytes(FilePath);
        Assert.True(JournalLayout.TryRead(bytes, bytes.Length, out JournalLayout layout));
        Span<JournalCell> cells = layout.JournalCells(bytes);
        int hit = 0;
        foreach (ref JournalCell cell in cells)
        {
            if (cell.State == JournalCell.Ready && hit++ == 0)
            {
                cell.Check ^= 1;
            }
        }

        cells[(int)(uint.MaxValue % cells.Length)].State = JournalCell.Writing;
        File.WriteAllBytes(FilePath, bytes);

        Assert.Single(JournalReader.Read(FilePath).Entries);
        Assert.InRange(JournalReader.Read(FilePath).Torn, 1, 2);
        using AccessJournal again = Open();
        Assert.Single(again.Read().Entries);
        Record(again, 0x158);
        Record(again, 0x15c);
        Assert.Equal(3, again.Read().Total);
    }

    [Fact]
    public void Open_Garbage_IsPutAside()
    {
        byte[] garbage = new byte[100_000];
        new Random(3).NextBytes(garbage);
        File.WriteAllBytes(FilePath, garbage);

        Assert.Throws<InvalidDataException>(() => JournalReader.Read(FilePath));
        using AccessJournal journal = Open();
        Record(journal, 0);
        Assert.Equal(1, journal.Read().Total);
        Assert.Equal(garbage, File.ReadAllBytes(FilePath + ".old"));
    }

    [Fact]
    public void Read_RandomDamage_NeverThrows()
    {
        using (AccessJournal journal = Open())
        {
            for (int i = 0; i < 40; i++)
            {
                Record(journal, i);
            }
        }

        byte[] whole = File.ReadAllBytes(FilePath);
        Random random = new(11);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = (byte[])whole.Clone();
            for (int i = 0; i < 200; i++)
            {
                bytes[random.Next(40, bytes.Length)] = (byte)random.Next(256);
            }

            Assert.True(JournalLayout.TryRead(bytes, bytes.Length, out JournalLayout layout));
            Assert.InRange(JournalReader.Read(bytes, layout).Entries.Count, 0, 64 + 8);
        }
    }

    [Fact]
    public void Record_OneToolOverAllBytes_IsCountedOnWithoutThemAndLeavesRoomToOthers()
    {
        using AccessJournal journal = Open();
        for (int i = 0; i < 4000; i++)
        {
            Record(journal, i);
        }

        journal.Record(Address, 0x158, 4, AccessOperation.Write, Decision.Refuse, 3, Rig.Tool);

        JournalContent content = journal.Read();
        JournalEntry[] sweeper = [.. content.Entries.Where(e => e.Exe == Rig.Setpci.Exe)];
        Assert.Equal((17, 4000 - 16), (sweeper.Length, sweeper.Single(e => e.Offset is JournalEntry.ManyOffsets).Count));
        Assert.Equal(0x158, Assert.Single(content.Entries, e => e.Exe == Rig.Tool.Exe).Offset);
        Assert.Equal((0L, 4001L), (content.Other, content.Total));
    }

    [Fact]
    public void Record_OneToolOverAllBytes_IsToldOfAFewMoreEachMinute()
    {
        using AccessJournal journal = Open();
        for (int minute = 0; minute < 5; minute++)
        {
            for (int i = 0; i < 100; i++)
            {
                Record(journal, i);
            }

            _time.Advance(TimeSpan.FromMinutes(1));
        }

        int[] told = [.. journal.Read().Entries.Where(e => e.Offset >= 0).GroupBy(e => e.Minute).OrderBy(g => g.Key).Select(g => g.Count())];
        Assert.Equal([16, 4, 4, 4, 4], told);
    }

    [Fact]
    public void Record_MoreThanFits_IsCountedAsOther()
    {
        using AccessJournal journal = Open();
        RecordByMany(journal, 200);

        JournalContent content = journal.Read();
        Assert.Equal(64 + 8, content.Entries.Count);
        Assert.Equal(200 - 72, content.Other);
        Assert.Equal(200, content.Total);
    }

    [Fact]
    public void Record_AfterTwoHours_ReusesAgedCellsAndKeepsTheTotal()
    {
        using AccessJournal journal = Open();
        RecordByMany(journal, 200);

        long before = journal.Read().Other;
        _time.Advance(TimeSpan.FromHours(2));
        Record(journal, 0);
        JournalContent content = journal.Read();
        Assert.Equal((1L, before, 201L), (content.Retired, content.Other, content.Total));
        Assert.Contains(content.Entries, e => e.Minute.Hour == 14);
    }

    [Fact]
    public void Record_ClockSetBack_ReusesCellsThatLieAhead()
    {
        ShiftedTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) { Shift = TimeSpan.FromDays(400) };
        using AccessJournal journal = AccessJournal.Open(FilePath, 64, time);
        RecordByMany(journal, 64);
        time.Shift = TimeSpan.Zero;
        Record(journal, 0);
        Assert.Contains(journal.Read().Entries, e => e.Minute.Year is 2026 && e.Offset is 0);
    }

    [Fact]
    public void Record_ManyCallers_ShareOneWithoutName()
    {
        using AccessJournal journal = AccessJournal.Open(FilePath, 4096, _time);
        for (int i = 0; i < 300; i++)
        {
            journal.Record(Address, 0, 4, AccessOperation.Read, Decision.Allow, 1, Rig.Setpci with { Exe = $"/bin/{new string('é', i)}{i}" });
        }

        JournalContent content = journal.Read();
        Assert.Equal(300, content.Total);
        Assert.Equal(300 - 255, content.Entries.Single(e => e.Exe.Length is 0).Count);
        Assert.All(content.Entries.Where(e => e.Exe.Length > 0), e => Assert.True(char.IsAsciiDigit(e.Exe[^1])));
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNone()
    {
        using AccessJournal journal = Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                Record(journal, i % 8);
            }
        })));
        JournalContent content = journal.Read();
        Assert.Equal((40_000L, 8), (content.Total, content.Entries.Count));
    }

    [Fact]
    public void NextGeneration_AcrossLives_Rises()
    {
        int first;
        using (AccessJournal journal = Open())
        {
            first = journal.NextGeneration();
        }

        using AccessJournal next = Open();
        Assert.Equal(first + 1, next.NextGeneration());
    }

    [Fact]
    public void Record_AfterDispose_IsIgnored()
    {
        AccessJournal journal = Open();
        journal.Dispose();
        journal.Dispose();
        Record(journal, 0);
        Assert.Empty(journal.Read().Entries);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static void Record(AccessJournal journal, int offset) =>
        journal.Record(Address, offset, 4, AccessOperation.Write, Decision.Refuse, 3, Rig.Setpci with { Unit = "ssh.service" });

    private static void RecordByMany(AccessJournal journal, int callers)
    {
        for (int i = 0; i < callers; i++)
        {
            journal.Record(Address, 0, 4, AccessOperation.Write, Decision.Refuse, 3, Rig.Setpci with { Uid = (uint)i });
        }
    }

    private AccessJournal Open() => AccessJournal.Open(FilePath, 64, _time);
}
