using Fleet.Contracts;
using Fleet.Web.Pages.Functions.Lanes;

namespace Fleet.Web.Tests;

public sealed class LaneChartTests
{
    private static readonly LaneWindow Minute = new(Samples.Now.AddSeconds(-60), Samples.Now);
    private static readonly Caller Spdm = new() { Pid = 8841, StartTime = 7, Uid = 990, Comm = "spdm-utils", Exe = "/usr/bin/spdm-utils", Unit = "spdm-audit.service" };
    private static readonly Caller Nvme = new() { Pid = 9120, StartTime = 9, Uid = 0, Comm = "nvme", Exe = "/usr/sbin/nvme" };
    private long _sequence;

    [Fact]
    public void Hold_GrantedAndEnded_IsABracketBetweenThem()
    {
        LaneChart chart = Of(Event(EventKinds.HoldGranted, -50, Spdm), Event(EventKinds.HoldEnded, -45.1, Spdm));

        Lane lane = Assert.Single(chart.Lanes);
        LaneMark hold = Assert.Single(lane.Marks);
        Assert.Equal(("spdm-utils", "pid 8841, spdm-audit.service", true), (lane.Name, lane.Note, lane.IsTool));
        Assert.Equal(("hold 4.9 s", false, false), (hold.Word, hold.OpenStart, hold.OpenEnd));
        (double left, double width) = chart.Place(hold);
        Assert.Equal((16.667, 8.167), (Math.Round(left, 3), Math.Round(width, 3)));
    }

    [Fact]
    public void Hold_WithoutAnEnd_IsNeverDrawnLongerThanOneCanLast()
    {
        LaneWindow hour = new(Samples.Now.AddHours(-1), Samples.Now);
        LaneChart chart = Of(hour, Event(EventKinds.HoldGranted, -3_000, Spdm));

        LaneMark hold = Assert.Single(Assert.Single(chart.Lanes).Marks);
        Assert.True(hold.OpenEnd);
        Assert.Equal(TimeSpan.FromSeconds(60), hold.To - hold.From);
        Assert.Equal("hold, no end told", hold.Word);
    }

    [Fact]
    public void Hold_ThatBeganBeforeWhatWasRead_IsOpenAtItsBeginning()
    {
        LaneMark hold = Assert.Single(Assert.Single(Of(Event(EventKinds.HoldRevoked, -20, Spdm)).Lanes).Marks);

        Assert.Equal((true, Minute.From, "hold revoked"), (hold.OpenStart, hold.From, hold.Word));
    }

    [Fact]
    public void Wait_IsAsLongAsItWas_AndEndsWhenItWasTold()
    {
        FleetEvent waited = Event(EventKinds.ContentionExchange, -10, Nvme) with { WaitedMilliseconds = 5_400 };

        LaneMark wait = Assert.Single(Assert.Single(Of(waited).Lanes).Marks);

        Assert.Equal(("wait", "waited 5.4 s", waited.Time.AddMilliseconds(-5_400), waited.Time), (wait.Kind, wait.Word, wait.From, wait.To));
    }

    [Fact]
    public void Wait_OfAnAgentThatDoesNotSayHowLong_IsAMoment()
    {
        LaneMark wait = Assert.Single(Assert.Single(Of(Event(EventKinds.ContentionExchange, -10, Nvme)).Lanes).Marks);

        Assert.Equal(("waited", wait.To), (wait.Word, wait.From));
    }

    [Fact]
    public void Fault_IsNamedAndGoesThroughAllLanes()
    {
        LaneChart chart = Of(
            Event(EventKinds.MailboxFault, -20, Spdm) with { Fault = "foreign-response", Offset = 0x100, Length = 0x18, Detail = "Most likely setpci." },
            Event(EventKinds.ContentionBypass, -20.1, Nvme) with { Sensor = "kprobe", Offset = 0x110, Length = 4 });

        LaneMark fault = Assert.Single(chart.Faults);
        Assert.Equal(("foreign response", "Most likely setpci."), (fault.Word, fault.Detail));
        Assert.Equal([fault], chart.Named());
        Assert.Equal(["nvme", "spdm-utils"], chart.Lanes.Select(lane => lane.Name));
    }

    [Fact]
    public void Faults_CloseTogether_NameTheNewestAlone()
    {
        LaneChart chart = Of([.. Enumerable.Range(0, 5).Select(i => Event(EventKinds.MailboxFault, -10 + i, Spdm) with { Fault = "timeout" })]);

        Assert.Equal(5, chart.Faults.Count);
        Assert.Equal(Samples.Now.AddSeconds(-6), Assert.Single(chart.Named()).To);
    }

    [Fact]
    public void State_IsTheMailboxesOwnLane()
    {
        LaneChart chart = Of(Event(EventKinds.MailboxState, -5, null) with { Offset = 0x100, Length = 0x18, Detail = "It was reset just now." });

        Assert.Empty(chart.Lanes);
        Assert.Equal("It was reset just now.", Assert.Single(chart.Own.Marks).Detail);
    }

    [Fact]
    public void Accesses_OfOtherRegions_AreNotTheMailboxes()
    {
        Assert.True(Of(Access(-5, 0x40)).Empty);
        Assert.True(Of(Access(-5, 0x118)).Empty);
        Assert.False(Of(Access(-5, 0x114)).Empty);
        Assert.False(Of(Access(-5, 0x114) with { Offset = null, Length = null }).Empty);
    }

    [Fact]
    public void Processes_OfOneTool_ShareALane()
    {
        LaneChart chart = Of([.. Enumerable.Range(0, 20).Select(i => Access(-55 + (i * 2), 0x110) with { Caller = Nvme with { Pid = 100 + i } })]);

        Lane lane = Assert.Single(chart.Lanes);
        Assert.Equal(("20 processes, uid 0", 20), (lane.Note, lane.Marks.Count));
    }

    [Fact]
    public void Processes_OfOneTool_ThatWereThereAtATime_HaveLanesOfTheirOwn()
    {
        Caller other = Spdm with { Pid = 8842 };
        LaneChart chart = Of(
            Event(EventKinds.HoldGranted, -50, Spdm), Event(EventKinds.ContentionExchange, -45, other) with { WaitedMilliseconds = 4_000 }, Event(EventKinds.HoldEnded, -45, Spdm),
            Event(EventKinds.HoldGranted, -45, other), Event(EventKinds.HoldEnded, -40, other), Event(EventKinds.HoldGranted, -20, Spdm with { Pid = 9000 }));

        Assert.Equal(["2 processes, spdm-audit.service", "pid 8842, spdm-audit.service"], chart.Lanes.Select(lane => lane.Note));
    }

    [Fact]
    public void Marks_ThatWouldTouch_AreOneWithTheirNumber()
    {
        LaneChart chart = Of([.. Enumerable.Range(0, 400).Select(i => Access(-30 + (i * 0.01), 0x110) with { Count = 2 })]);

        LaneMark mark = Assert.Single(Assert.Single(chart.Lanes).Marks);
        Assert.Equal("800 × refused", mark.Word);
        Assert.Equal(400, chart.All.Count);
    }

    [Fact]
    public void Tools_MoreThanThereIsRoomFor_ShareTheLast()
    {
        LaneChart chart = Of([.. Enumerable.Range(0, 30).Select(i => Access(-30, 0x110) with { Caller = Nvme with { Comm = $"tool-{i}", Exe = $"/opt/{i}" }, Count = i + 1 })]);

        Assert.Equal(LaneChart.MostLanes, chart.Lanes.Count);
        Assert.Equal(("23 more tools", 276L), (chart.Lanes[^1].Name, chart.Lanes[^1].Marks.Sum(m => m.Count)));
        Assert.Contains(chart.Lanes, lane => lane.Name is "tool-29");
    }

    [Fact]
    public void Claim_InForceSinceLongAgo_IsThereWithoutItsEvent()
    {
        ClaimView view = Samples.Claim("a", 0x100, 0x18, ClaimSource.Local);
        ClaimView old = view with { Claim = view.Claim with { Since = Samples.Now.AddHours(-3) } };

        Lane lane = Assert.Single(LaneChart.Of(Model(Minute), Samples.Function().Mailboxes[0], [old, Samples.Claim("b", 0x108, 0x10, ClaimSource.Default)], Samples.Now).Lanes);

        Assert.Equal(("pm9flash 8841", true), (lane.Name, Assert.Single(lane.Marks).OpenEnd));
    }

    [Fact]
    public void Claim_WithItsEvent_IsDrawnOnce()
    {
        ClaimView view = Samples.Claim("a", 0x100, 0x18, ClaimSource.Local);
        FleetEvent granted = Event(EventKinds.ClaimGranted, -30, Nvme) with { Offset = 0x100, Length = 0x18 };

        LaneChart chart = LaneChart.Of(Model(Minute, granted), Samples.Function().Mailboxes[0], [view with { Claim = view.Claim with { Since = granted.Time } }], Samples.Now);

        Assert.Single(Assert.Single(chart.Lanes).Marks);
    }

    [Fact]
    public void Answer_ThatWasCutShort_SaysFromWhenItIsWhole()
    {
        Page<FleetEvent> page = new([Access(-10, 0x110), Access(-20, 0x110)], "more");

        Assert.Equal(Samples.Now.AddSeconds(-20), LaneChart.Of(new LaneModel(Minute, page, [], null), Samples.Function().Mailboxes[0], [], Samples.Now).KnownFrom);
        Assert.Null(Of(Access(-10, 0x110)).KnownFrom);
    }

    [Theory]
    [InlineData(null, null, 3600, 0)]
    [InlineData("10s", "2026-11-22T14:00:05Z", 10, -1_807.118)]
    [InlineData("1m", "2027-01-01T00:00:00Z", 60, 0)] // What is to come is not shown.
    [InlineData("a year", "yesterday", 3600, 0)]
    public void Window_OfTheAddress_IsWhatItSays(string? span, string? until, int seconds, double end)
    {
        LaneWindow window = LaneWindow.Of(span, until, Samples.Now);

        Assert.Equal((TimeSpan.FromSeconds(seconds), end), (window.Span, Math.Round((window.To - Samples.Now).TotalSeconds, 3)));
    }

    [Fact]
    public void Window_Ticks_AreRoundTimes() =>
        Assert.Equal(["14:29:20", "14:29:30", "14:29:40", "14:29:50", "14:30:00", "14:30:10"], Minute.Ticks().Select(tick => tick.Label));

    [Fact]
    public void Cursor_ByArrows_GoesToTheNearestMarkOfTheNextLane()
    {
        LaneChart chart = Of(Access(-50, 0x110), Access(-10, 0x110), Event(EventKinds.ContentionExchange, -12, Spdm));
        Lane[] lanes = [.. chart.Lanes, chart.Own];

        LaneCursor start = default(LaneCursor).Within(lanes);
        LaneCursor right = start.Move(lanes, "ArrowRight");

        Assert.Equal((0, 1), (right.Lane, right.Mark));
        Assert.Equal((1, 0), (right.Move(lanes, "ArrowDown").Lane, right.Move(lanes, "ArrowDown").Mark));
        Assert.Equal(right, right.Move(lanes, "ArrowDown").Move(lanes, "ArrowUp"));
        Assert.Equal(right, right.Move(lanes, "ArrowRight"));
        Assert.Equal(start, right.Move(lanes, "Home"));
        Assert.Equal(1, right.Move(lanes, "ArrowDown").Move(lanes, "ArrowDown").Lane); // The mailbox's own lane has nothing.
    }

    private static LaneModel Model(LaneWindow window, params FleetEvent[] events) => new(window, new Page<FleetEvent>([.. events.Reverse()], null), [], null);

    private static LaneChart Of(params FleetEvent[] events) => Of(Minute, events);

    private static LaneChart Of(LaneWindow window, params FleetEvent[] events) => LaneChart.Of(Model(window, events), Samples.Function().Mailboxes[0], [], Samples.Now);

    private FleetEvent Access(double seconds, int offset) =>
        Event(EventKinds.ContentionAccess, seconds, Nvme) with { Operation = AccessOperation.Write, Offset = offset, Length = 4, Decision = Decision.Refuse };

    private FleetEvent Event(string kind, double seconds, Caller? caller) => new()
    {
        Host = Samples.Host,
        HostName = "r12-n04",
        Epoch = 3,
        Sequence = ++_sequence,
        Time = Samples.Now.AddSeconds(seconds),
        Kind = kind,
        Function = Samples.Address,
        Caller = caller,
        Detail = kind,
    };
}
