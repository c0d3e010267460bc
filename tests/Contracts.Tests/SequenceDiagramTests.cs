using Fleet.Pci;

namespace Fleet.Contracts.Tests;

public sealed class SequenceDiagramTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Mermaid_ExchangesAndIntrusions_AreDrawnInOrderOfTime() => Assert.Equal(
        """
        sequenceDiagram
            participant c1 as spdm-utils 200
            participant c2 as evil?? 900
            participant q as queue
            participant m as mailbox
            c1->>q: #1 0001.01, 3 dwords
            q->>m: Go after 1.5 ms
            m-->>q: 5 dwords after 2.0 ms
            q-->>c1: ok
            c2-xm: past the queue 2 times, seen by kprobe
            c1->>q: #2 0001.01, 3 dwords
            q--xc1: no-turn, disturbed

        """.ReplaceLineEndings("\n"),
        SequenceDiagram.Mermaid(
            [Exchange(1, 0, "ok", 5), Exchange(2, 2, "no-turn", 0) with { Cycles = 0, Disturbed = true }],
            [new RecordedIntrusion(Noon.AddSeconds(1), new Caller { Pid = 900, Comm = "evil;\n" }, "kprobe", 2)]));

    private static RecordedExchange Exchange(long number, int second, string outcome, int response) => new()
    {
        Number = number,
        Function = PciAddress.Parse("0000:01:00.0"),
        Offset = 0x150,
        Feature = "0001:01",
        Caller = new Caller { Pid = 200, Comm = "spdm-utils" },
        Way = ExchangeWay.Virtual,
        Priority = ExchangePriority.Normal,
        Queued = Noon.AddSeconds(second),
        WaitedMilliseconds = 1.5,
        TookMilliseconds = 2,
        RequestDwords = 3,
        ResponseDwords = response,
        Cycles = 14,
        Polls = 3,
        Outcome = outcome,
        Detail = "",
    };
}
