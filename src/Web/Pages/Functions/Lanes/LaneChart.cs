using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>A mailbox over time, laid out: a lane a tool, the mailbox's own beneath them, faults through all.</summary>
public sealed class LaneChart
{
    /// <summary>More tools than these share one lane.</summary>
    public const int MostLanes = 8;

    // What is closer than this, in percent of the width, is drawn as one: so marks stay marks however many events there are.
    private const double Narrowest = 0.4;

    private LaneChart(LaneModel model, MailboxFacts mailbox, IReadOnlyList<ClaimView> inForce, DateTimeOffset now)
    {
        Window = model.Window;
        Mailbox = mailbox;
        DateTimeOffset? cut = model.Events is { Next: not null, Items: [.., FleetEvent oldest] } ? oldest.Time : null;
        KnownFrom = cut > Window.From ? cut : null;
        List<(FleetEvent? Of, LaneMark Mark)> marks =
            [.. LaneMarks.Of(model.Events.Items.OrderBy(e => e.Time).ThenBy(e => e.Sequence), mailbox, Window.From, now < Window.To ? now : Window.To).Select(m => ((FleetEvent?)m.Of, m.Mark))];
        marks.AddRange(Standing(inForce, mailbox, marks, Window, now).Select(mark => ((FleetEvent?)null, mark)));
        marks.RemoveAll(m => m.Mark.To < Window.From || m.Mark.From > Window.To);

        Faults = [.. marks.Where(m => m.Mark.Kind is "fault").Select(m => m.Mark).OrderBy(m => m.To)];
        Own = new Lane("mailbox", Show.Offset(mailbox.Offset), Clump(marks.Where(m => m.Mark.Kind is "state").Select(m => m.Mark)), IsTool: false);
        Lanes = LaneLayout.Of([.. marks.Where(m => m.Mark.Kind is not "state").Select(m => m.Mark)], MostLanes, Clump);
        Losses = [.. model.Losses.Where(l => l.Time >= Window.From && (l.First ?? l.Time) <= Window.To)];
        All = [.. marks.Select(m => m.Mark).OrderByDescending(m => m.To)];
    }

    public LaneWindow Window { get; }

    public MailboxFacts Mailbox { get; }

    public IReadOnlyList<Lane> Lanes { get; }

    /// <summary>What changed at the mailbox itself.</summary>
    public Lane Own { get; }

    /// <summary>What went wrong, oldest first.</summary>
    public IReadOnlyList<LaneMark> Faults { get; }

    /// <summary>Everything drawn, one by one, the newest first.</summary>
    public IReadOnlyList<LaneMark> All { get; }

    /// <summary>What the agent lost of that time.</summary>
    public IReadOnlyList<FleetEvent> Losses { get; }

    /// <summary>Since when events were read; null where all of the window were.</summary>
    public DateTimeOffset? KnownFrom { get; }

    public bool Empty => All.Count is 0;

    public static LaneChart Of(LaneModel model, MailboxFacts mailbox, IReadOnlyList<ClaimView> inForce, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(mailbox);
        ArgumentNullException.ThrowIfNull(inForce);
        return new LaneChart(model, mailbox, inForce, now);
    }

    /// <summary>Where a mark lies, in percent: within the window, and never too narrow to be seen.</summary>
    public (double Left, double Width) Place(LaneMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        double left = Math.Clamp(Window.At(mark.From), 0, 100 - Narrowest);
        return (left, Math.Max(Narrowest, Math.Min(100, Window.At(mark.To)) - left));
    }

    /// <summary>The faults whose names have room above their lines; the newest first served.</summary>
    public IEnumerable<LaneMark> Named()
    {
        double free = double.PositiveInfinity;
        foreach (LaneMark fault in Faults.Reverse())
        {
            double at = Window.At(fault.To);
            if (at is >= 0 and <= 100 && free - at >= 24)
            {
                free = at;
                yield return fault;
            }
        }
    }

    /// <summary>Local claims and leases in force now that began before the events that were read.</summary>
    private static IEnumerable<LaneMark> Standing(
        IReadOnlyList<ClaimView> inForce, MailboxFacts mailbox, List<(FleetEvent? Of, LaneMark Mark)> marks, LaneWindow window, DateTimeOffset now) =>
        from view in inForce
        let claim = view.Claim
        where claim.Source is ClaimSource.Local or ClaimSource.Lease && LaneMarks.Meets(mailbox, claim.Offset, claim.Length) && claim.Since < window.To
        where !marks.Any(m => m.Of is { } of && m.Mark.Bracket && m.Mark.OpenEnd && of.Offset == claim.Offset && of.Length == claim.Length)
        select new LaneMark
        {
            Kind = claim.Source is ClaimSource.Lease ? "lease" : "claim",
            From = claim.Since,
            To = now,
            OpenEnd = true,
            Holder = claim.Holder,
            Detail = ClaimText.Sentence(claim),
        };

    /// <summary>Marks of one kind that would touch become one with their number.</summary>
    private List<LaneMark> Clump(IEnumerable<LaneMark> marks)
    {
        List<LaneMark> clumped = [];
        Dictionary<(string, string?), int> last = [];
        foreach (LaneMark mark in marks.OrderBy(m => m.From))
        {
            if (!mark.Bracket && last.TryGetValue((mark.Kind, mark.What), out int index) && Window.At(mark.From) - Window.At(clumped[index].To) < Narrowest)
            {
                LaneMark before = clumped[index];
                bool later = mark.To >= before.To;
                clumped[index] = (later ? mark : before) with
                {
                    From = before.From,
                    Count = before.Count + mark.Count,
                    Longest = before.Longest > mark.Longest ? before.Longest : mark.Longest ?? before.Longest,
                };
                continue;
            }

            last[(mark.Kind, mark.What)] = clumped.Count;
            clumped.Add(mark);
        }

        return clumped;
    }
}
