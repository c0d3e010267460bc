using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Testing.Delivery;

/// <summary>
/// Compares what agents made with what the store holds: everything exactly once, in order for each agent, and what is missing covered by an announced
/// loss. An interval of unknown size covers what was made in it; where an agent was killed only what it had not said to be on its disk.
/// </summary>
public static class DeliveryCheck
{
    private const string Killed = "(unclean-stop)";

    /// <param name="made">All ledgers.</param>
    /// <param name="stored">All events of the store, in the order in which they were stored.</param>
    /// <param name="streamOf">The stream of an event that bears no mark and is counted alone; null for one that no ledger counts.</param>
    public static DeliveryVerdict Run(IEnumerable<MadeEvent> made, IEnumerable<FleetEvent> stored, Func<FleetEvent, string?>? streamOf = null)
    {
        ILookup<string, FleetEvent> events = stored.ToLookup(e => e.HostName, StringComparer.Ordinal);
        ILookup<string, MadeEvent> ledgers = made.ToLookup(m => m.Host, StringComparer.Ordinal);
        List<HostDelivery> hosts = [];
        foreach (string host in events.Select(group => group.Key).Union(ledgers.Select(group => group.Key)).Order(StringComparer.Ordinal))
        {
            HostDelivery delivery = new(host, [.. ledgers[host]], [.. events[host]], streamOf ?? (_ => null));
            delivery.Check();
            hosts.Add(delivery);
        }

        return new DeliveryVerdict(
            hosts.Sum(h => h.Made.Count), hosts.Sum(h => h.Occurrences), hosts.Sum(h => h.Rows), hosts.Sum(h => h.Missing), hosts.Sum(h => h.Excused),
            hosts.Sum(h => h.Announced), hosts.Sum(h => h.Intervals.Count), [.. hosts.SelectMany(h => h.Violations)]);
    }

    private sealed class HostDelivery(string host, IReadOnlyList<MadeEvent> made, IReadOnlyList<FleetEvent> stored, Func<FleetEvent, string?> streamOf)
    {
        public IReadOnlyList<MadeEvent> Made => made;

        public List<Violation> Violations { get; } = [];

        public List<FleetEvent> Intervals { get; } = [.. stored.Where(e => e is { Kind: EventKinds.AgentLoss, CountUnknown: true })];

        public long Announced { get; } = stored.Where(e => e.Kind is EventKinds.AgentLoss && e.CountUnknown is not true).Sum(e => e.Count);

        public long Occurrences { get; private set; }

        public long Rows { get; private set; }

        public long Missing { get; private set; }

        public long Excused { get; private set; }

        public void Check()
        {
            CheckNumbers();
            Dictionary<string, long> counts = CountStreams(out HashSet<(string, long)> seen);
            long uncovered = 0;
            foreach (IGrouping<string, MadeEvent> stream in made.GroupBy(m => m.Stream, StringComparer.Ordinal))
            {
                uncovered += CheckStream(stream.Key, [.. stream], counts.GetValueOrDefault(stream.Key), seen);
            }

            foreach (string unknown in counts.Keys.Except(made.Select(m => m.Stream), StringComparer.Ordinal))
            {
                Break(ViolationKind.NeverMade, $"{counts[unknown]} of {unknown}");
            }

            if (uncovered > Announced)
            {
                Break(ViolationKind.LostSilently, $"{uncovered} are missing outside of announced intervals, {Announced} were announced: {Sample(seen)}");
            }
        }

        private static bool IsMerged(string stream) => stream.StartsWith("contention", StringComparison.Ordinal);

        // A number names one event for ever, and numbers are stored as they rise.
        private void CheckNumbers()
        {
            HashSet<(long, long)> numbers = [];
            Dictionary<long, long> last = [];
            foreach (FleetEvent e in stored.Where(e => e.Epoch > 0))
            {
                if (!numbers.Add((e.Epoch, e.Sequence)))
                {
                    Break(ViolationKind.StoredTwice, e.Id);
                }
                else if (e.Sequence < last.GetValueOrDefault(e.Epoch))
                {
                    Break(ViolationKind.OutOfOrder, $"{e.Id} comes after {last[e.Epoch]}");
                }

                last[e.Epoch] = e.Sequence;
            }
        }

        private Dictionary<string, long> CountStreams(out HashSet<(string, long)> seen)
        {
            seen = [];
            HashSet<(string, long)> known = [.. made.Where(m => m.Number is not null).Select(m => (m.Stream, m.Number!.Value))];
            Dictionary<string, long> counts = new(StringComparer.Ordinal);
            Dictionary<string, long> last = new(StringComparer.Ordinal);
            foreach (FleetEvent e in stored)
            {
                bool marked = MadeEvent.TryRead(e.Detail, out string stream, out long number);
                if (!marked && streamOf(e) is not { } counted)
                {
                    continue;
                }

                stream = marked ? stream : streamOf(e)!;
                counts[stream] = counts.GetValueOrDefault(stream) + e.Count;
                Occurrences += e.Count;
                Rows++;
                if (!marked)
                {
                    continue;
                }

                if (!known.Contains((stream, number)))
                {
                    Break(ViolationKind.NeverMade, $"{stream} {number}");
                }
                else if (!seen.Add((stream, number)))
                {
                    Break(ViolationKind.StoredTwice, $"{stream} {number}");
                }
                else if (!IsMerged(stream) && number < last.GetValueOrDefault(stream))
                {
                    Break(ViolationKind.OutOfOrder, $"{stream} {number} comes after {last[stream]}");
                }

                last[stream] = number;
            }

            return counts;
        }

        // What is missing of a stream and no interval covers.
        private long CheckStream(string stream, IReadOnlyList<MadeEvent> made, long count, HashSet<(string, long)> seen)
        {
            if (count > made.Count)
            {
                Break(ViolationKind.CountedTwice, $"{count} of {stream} are stored, {made.Count} were made");
            }

            bool one = made[0].Number is not null && !IsMerged(stream);
            List<MadeEvent> absent = one ? [.. made.Where(m => !seen.Contains((stream, m.Number!.Value)))] : [.. made];
            long missing = one ? absent.Count : Math.Max(0, made.Count - count);
            long excused = Math.Min(missing, absent.Count(IsExcused));
            Missing += missing;
            Excused += excused;
            return missing - excused;
        }

        private bool IsExcused(MadeEvent one) => Intervals.Any(interval =>
            interval.First <= one.At && one.At <= interval.Time
            && !(one.Kept && interval.Detail?.Contains(Killed, StringComparison.Ordinal) is true));

        private string Sample(HashSet<(string, long)> seen) => string.Join(", ", made
            .Where(m => m.Number is { } number && !seen.Contains((m.Stream, number)) && !IsExcused(m))
            .Take(10).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Stream} {m.Number}{(m.Kept ? " (on disk)" : "")} of {m.At:HH:mm:ss.fff}")));

        private void Break(ViolationKind kind, string what)
        {
            // The first of each kind say enough.
            if (Violations.Count(v => v.Kind == kind) < 20)
            {
                Violations.Add(new Violation(kind, host, what));
            }
        }
    }
}
