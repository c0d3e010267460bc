using Fleet.Contracts;
using Fleet.Testing.Delivery;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>The checker of delivery must be able to fail: each promise broken by hand, and seen.</summary>
public sealed class DeliveryCheckTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Run_EverythingOnceInOrder_FindsNothing()
    {
        DeliveryVerdict verdict = DeliveryCheck.Run(Made(1, 2, 3), [Stored(1, 1), Stored(2, 2), Stored(3, 3)]);

        Assert.Empty(verdict.Violations);
        Assert.Equal((3, 3, 0), (verdict.Made, verdict.Stored, verdict.Missing));
    }

    [Fact]
    public void Run_NumberStoredTwice_IsSeen() =>
        Assert.Contains(ViolationKind.StoredTwice, Kinds(Made(1, 2), Stored(1, 1), Stored(1, 1), Stored(2, 2)));

    [Fact]
    public void Run_OccurrenceStoredUnderTwoNumbers_IsSeen() =>
        Assert.Equal([ViolationKind.StoredTwice, ViolationKind.CountedTwice], Kinds(Made(1), Stored(1, 1), Stored(2, 1)));

    [Fact]
    public void Run_OccurrenceStoredAgainInAnotherEpoch_IsSeen() =>
        Assert.Contains(ViolationKind.StoredTwice, Kinds(Made(1), Stored(1, 1), Stored(1, 1) with { Epoch = 9 }));

    [Fact]
    public void Run_NumbersStoredBackwards_IsSeen() =>
        Assert.Contains(ViolationKind.OutOfOrder, Kinds(Made(1, 2), Stored(2, 1), Stored(1, 2)));

    [Fact]
    public void Run_OccurrencesNumberedBackwards_IsSeen() =>
        Assert.Equal([ViolationKind.OutOfOrder], Kinds(Made(1, 2), Stored(1, 2), Stored(2, 1)));

    [Fact]
    public void Run_StoredThatNobodyMade_IsSeen()
    {
        Assert.Contains(ViolationKind.NeverMade, Kinds(Made(1), Stored(1, 1), Stored(2, 7)));
        Assert.Contains(ViolationKind.NeverMade, Kinds([], Stored(1, 1)));
    }

    [Fact]
    public void Run_MissingWithoutAWord_IsSeen() => Assert.Equal([ViolationKind.LostSilently], Kinds(Made(1, 2, 3), Stored(1, 1), Stored(2, 3)));

    [Fact]
    public void Run_MissingAndAnnouncedByNumber_IsCovered()
    {
        Assert.Empty(Kinds(Made(1, 2, 3), Stored(1, 1), Loss(2, 2)));
        Assert.Equal([ViolationKind.LostSilently], Kinds(Made(1, 2, 3), Stored(1, 1), Loss(2, 1)));
    }

    [Fact]
    public void Run_MissingWithinAnInterval_IsCoveredAndOutsideItIsNot()
    {
        MadeEvent unkept = new("h", "state", 2, Noon.AddSeconds(2), Kept: false);
        Assert.Empty(Kinds([.. Made(1), unkept], Stored(1, 1), Interval(2, 1, 3, "unclean-stop")));
        Assert.Equal([ViolationKind.LostSilently], Kinds([.. Made(1), unkept], Stored(1, 1), Interval(2, 3, 9, "unclean-stop")));
    }

    [Fact]
    public void Run_OnDiskAndMissing_IsNotCoveredByAKill()
    {
        MadeEvent kept = new("h", "state", 2, Noon.AddSeconds(2), Kept: true);
        Assert.Equal([ViolationKind.LostSilently], Kinds([.. Made(1), kept], Stored(1, 1), Interval(2, 1, 3, "unclean-stop")));
        Assert.Empty(Kinds([.. Made(1), kept], Stored(1, 1), Interval(2, 1, 3, "spool-damaged")));
    }

    [Fact]
    public void Run_MergedContention_IsComparedByItsSum()
    {
        MadeEvent[] made = [.. Enumerable.Range(1, 10).Select(n => new MadeEvent("h", "contention-1", n, Noon.AddSeconds(n), true))];
        Assert.Empty(Kinds(made, Contention(1, 3, 4), Contention(2, 10, 6)));
        Assert.Equal([ViolationKind.LostSilently], Kinds(made, Contention(1, 10, 9)));
        Assert.Empty(Kinds(made, Contention(1, 10, 9), Loss(2, 1)));
        Assert.Equal([ViolationKind.CountedTwice], Kinds(made, Contention(1, 10, 11)));
    }

    [Fact]
    public void Run_AnotherHostsLoss_CoversNothing() =>
        Assert.Equal([ViolationKind.LostSilently], Kinds(Made(1, 2), Stored(1, 1), Loss(1, 5) with { HostName = "other" }));

    [Fact]
    public void Run_StreamThatIsCountedAlone_IsComparedByNumber()
    {
        MadeEvent[] made = [.. Enumerable.Range(0, 3).Select(n => new MadeEvent("h", "claims", null, Noon.AddSeconds(n), true))];
        FleetEvent claim = Stored(1, 0) with { Detail = "granted", Kind = EventKinds.ClaimGranted };
        FleetEvent[] two = [claim, claim with { Sequence = 2 }];
        Assert.Equal([ViolationKind.LostSilently], DeliveryCheck.Run(made, two, _ => "claims").Violations.Select(v => v.Kind));
        Assert.Empty(DeliveryCheck.Run(made, [.. two, claim with { Sequence = 3 }], _ => "claims").Violations);
    }

    private static IEnumerable<ViolationKind> Kinds(IEnumerable<MadeEvent> made, params FleetEvent[] stored) =>
        DeliveryCheck.Run(made, stored).Violations.Select(v => v.Kind);

    private static MadeEvent[] Made(params long[] numbers) => [.. numbers.Select(n => new MadeEvent("h", "state", n, Noon.AddSeconds(n), true))];

    private static FleetEvent Stored(long sequence, long number) => new()
    {
        HostName = "h",
        Epoch = 5,
        Sequence = sequence,
        Time = Noon.AddSeconds(number),
        Kind = EventKinds.HostState,
        Detail = MadeEvent.Mark("state", number),
    };

    private static FleetEvent Contention(long sequence, long number, long count) =>
        Stored(sequence, number) with { Kind = EventKinds.ContentionAccess, Count = count, Detail = MadeEvent.Mark("contention-1", number) };

    private static FleetEvent Loss(long sequence, long count) => Stored(sequence, 0) with { Kind = EventKinds.AgentLoss, Count = count, Detail = "lost" };

    private static FleetEvent Interval(long sequence, int from, int to, string reason) => Loss(sequence, 1) with
    {
        CountUnknown = true,
        First = Noon.AddSeconds(from),
        Time = Noon.AddSeconds(to),
        Detail = $"Events may be lost ({reason}).",
    };
}
