using Fleet.Contracts;
using Fleet.Testing.Delivery;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>The checker of ledgers of numbers must be able to fail: each promise broken by hand, and seen.</summary>
public sealed class LedgerCheckTests
{
    private static readonly HostId Host = new(Guid.CreateVersion7());

    [Fact]
    public void Run_AcknowledgedAndStored_FindsNothingAndCounts()
    {
        LedgerVerdict verdict = LedgerCheck.Run([Made(1), Made(2, EventKinds.AgentLoss, 40), Acked(2), Made(3)], [Stored(1), Stored(2, EventKinds.AgentLoss, 40)]);

        Assert.Empty(verdict.Violations);
        Assert.Equal((3, 42, 2, 2, 1, 40), (verdict.Made, verdict.Occurrences, verdict.Acknowledged, verdict.Stored, verdict.Waiting, verdict.Announced));
    }

    [Fact]
    public void Run_StoredAndItsAcknowledgementLost_IsNoViolation() => Assert.Empty(Kinds([Made(1)], Stored(1)));

    [Fact]
    public void Run_AcknowledgedAndNotStored_IsSeen() => Assert.Equal([ViolationKind.LostSilently], Kinds([Made(1), Made(2), Acked(2)], Stored(1)));

    [Fact]
    public void Run_AcknowledgementOfAnotherEpoch_CoversNothing() =>
        Assert.Empty(Kinds([Made(1), Acked(1).Replace("\"epoch\":5", "\"epoch\":6", StringComparison.Ordinal)]));

    [Fact]
    public void Run_StoredTwice_IsSeen() => Assert.Equal([ViolationKind.StoredTwice], Kinds([Made(1), Acked(1)], Stored(1), Stored(1)));

    [Fact]
    public void Run_StoredThatNobodyMade_IsSeen()
    {
        Assert.Equal([ViolationKind.NeverMade], Kinds([Made(1)], Stored(1), Stored(2)));
        Assert.Equal([ViolationKind.NeverMade], Kinds([Made(1)], Stored(1) with { Epoch = 6 }));
        Assert.Equal([ViolationKind.NeverMade], Kinds([Made(1)], Stored(1, EventKinds.PolicyApplied)));
    }

    [Fact]
    public void Run_StoredBackwards_IsSeen() => Assert.Equal([ViolationKind.OutOfOrder], Kinds([Made(1), Made(2)], Stored(2), Stored(1)));

    [Fact]
    public void Run_NumberOfOccurrencesChanged_IsSeen()
    {
        Assert.Equal([ViolationKind.CountedTwice], Kinds([Made(1, count: 3)], Stored(1, count: 4)));
        Assert.Equal([ViolationKind.LostSilently], Kinds([Made(1, count: 3)], Stored(1, count: 2)));
    }

    [Fact]
    public void Run_ServersOwnEventsAndOtherHosts_AreNotTheLedgers() =>
        Assert.Empty(Kinds([Made(1)], Stored(1), Stored(9) with { Epoch = 0 }, Stored(4) with { Host = new HostId(Guid.CreateVersion7()) }));

    [Fact]
    public void Run_LastLineCutOff_IsLeftOutAndAnyOtherIsAnError()
    {
        Assert.Empty(Kinds([Made(1), "{\"id\":\"x"], Stored(1)));
        Assert.Throws<InvalidDataException>(() => Kinds(["{\"id\":\"x", Made(1)]));
        Assert.Throws<InvalidDataException>(() => Kinds([Made(1), Made(1)]));
    }

    private static IEnumerable<ViolationKind> Kinds(IEnumerable<string> ledger, params FleetEvent[] stored) => LedgerCheck.Run(ledger, stored).Violations.Select(v => v.Kind);

    private static string Made(long sequence, string kind = EventKinds.ContentionAccess, long count = 1) =>
        $$"""{"id":"{{Host}}-5-{{sequence}}","host":"{{Host}}","epoch":5,"sequence":{{sequence}},"kind":"{{kind}}","count":{{count}}}""";

    private static string Acked(long sequence) => $$$"""{"acked":{"host":"{{{Host}}}","epoch":5,"sequence":{{{sequence}}}}}""";

    private static FleetEvent Stored(long sequence, string kind = EventKinds.ContentionAccess, long count = 1) =>
        new() { Host = Host, Epoch = 5, Sequence = sequence, Time = DateTimeOffset.UnixEpoch, Kind = kind, Count = count };
}
