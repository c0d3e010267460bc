using Fleet.Contracts;
using Fleet.Web.Charts;

namespace Fleet.Web.Pages.Functions.Lanes;

/// <summary>Makes marks of events: intervals of what begins and ends, and of what waited; moments of the rest.</summary>
internal sealed class LaneMarks(MailboxFacts mailbox, DateTimeOffset earliest, DateTimeOffset now)
{
    // Control to the read mailbox, behind the capability's header.
    private const int BlockSize = 0x18;

    // No hold lasts longer, so an end that nobody told of was before that.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(60);

    private readonly List<(FleetEvent Of, LaneMark Mark)> _made = [];
    private readonly Dictionary<string, FleetEvent> _open = [];

    /// <summary>The marks of events, which come oldest first.</summary>
    public static IReadOnlyList<(FleetEvent Of, LaneMark Mark)> Of(IEnumerable<FleetEvent> events, MailboxFacts mailbox, DateTimeOffset earliest, DateTimeOffset now)
    {
        LaneMarks marks = new(mailbox, earliest, now);
        foreach (FleetEvent item in events.Where(marks.Concerns))
        {
            marks.Add(item);
        }

        foreach (FleetEvent begun in marks._open.Values)
        {
            marks.Close(begun, null);
        }

        return marks._made;
    }

    /// <summary>Whether a region meets the mailbox; a hold is of the device, and so of every mailbox.</summary>
    public static bool Meets(MailboxFacts mailbox, int? offset, int? length) =>
        offset is not { } first || (first < mailbox.Offset + BlockSize && first + (length ?? 1) > mailbox.Offset);

    private bool Concerns(FleetEvent item) => Meets(mailbox, item.Offset, item.Length);

    private void Add(FleetEvent item)
    {
        switch (item.Kind)
        {
            case EventKinds.HoldGranted or EventKinds.ClaimGranted or EventKinds.LeaseGranted:
                if (_open.Remove(KeyOf(item), out FleetEvent? before))
                {
                    Close(before, item with { Detail = before.Detail });
                }

                _open[KeyOf(item)] = item;
                break;
            case EventKinds.HoldEnded or EventKinds.HoldRevoked or EventKinds.ClaimReleased or EventKinds.ClaimExpired or EventKinds.LeaseEnded:
                _open.Remove(KeyOf(item), out FleetEvent? begun);
                Close(begun, item);
                break;
            case EventKinds.ContentionExchange:
                Moment(item, "wait");
                break;
            case EventKinds.ContentionAccess:
                Moment(item, item.Decision is { } decision ? Marks.Of(decision) : "unknown");
                break;
            case EventKinds.ContentionBypass:
                Moment(item, "bypass", "went around the broker");
                break;
            case EventKinds.ClaimRefused:
                Moment(item, "refuse", "claim refused");
                break;
            case EventKinds.AccessUnknown:
                Moment(item, "unknown", "outcome unknown");
                break;
            case EventKinds.MailboxFault:
                Moment(item, "fault", item.Fault?.Replace('-', ' ') ?? "fault");
                break;
            case EventKinds.MailboxState:
                Moment(item, "state", "state changed");
                break;
            default:
                break;
        }
    }

    private void Moment(FleetEvent item, string kind, string? what = null)
    {
        DateTimeOffset from = item.First ?? item.Time;
        DateTimeOffset waiting = item.WaitedMilliseconds is { } waited ? item.Time.AddMilliseconds(-waited) : from;
        Keep(item, new LaneMark { Kind = kind, What = what, From = waiting < from ? waiting : from, To = item.Time, Count = item.Count, Longest = item.WaitedMilliseconds });
    }

    /// <summary>An interval: of its beginning, its end, or both.</summary>
    private void Close(FleetEvent? begun, FleetEvent? ended)
    {
        FleetEvent item = ended ?? begun!;
        string kind = item.Kind[..item.Kind.IndexOf('.', StringComparison.Ordinal)];
        DateTimeOffset last = kind is "hold" && begun is not null && begun.Time + LongestHold < now ? begun.Time + LongestHold : now;
        Keep(item, new LaneMark
        {
            Kind = kind,
            What = item.Kind is EventKinds.HoldRevoked ? "hold revoked" : item.Kind is EventKinds.ClaimExpired ? "claim expired" : null,
            From = begun?.Time ?? earliest,
            To = ended?.Time ?? last,
            OpenStart = begun is null,
            OpenEnd = ended is null,
        });
    }

    private void Keep(FleetEvent item, LaneMark mark) => _made.Add((item, mark with { Detail = item.Detail ?? "", Caller = item.Caller, Feature = item.Feature }));

    // Several processes may have one name; what begins and ends is of one process, and a claim of one region. Whoever ends a lease need not have granted it.
    private static string KeyOf(FleetEvent item)
    {
        Caller? caller = item.Kind is EventKinds.LeaseGranted or EventKinds.LeaseEnded ? null : item.Caller;
        return $"{item.Kind[..item.Kind.IndexOf('.', StringComparison.Ordinal)]}/{caller?.Pid}/{caller?.StartTime}/{item.Offset}/{item.Length}";
    }
}
