using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Testing.Delivery;

/// <summary>
/// Compares a ledger of numbers, as <c>fleet-sim load --ledger</c> and <c>fleet-sim run</c> write it, with what the store holds: what was acknowledged is stored, each number
/// once, as it was made, in order for each host; nothing else of these hosts is.
/// </summary>
public static class LedgerCheck
{
    /// <param name="ledger">Its lines. A last line without an end, of a program that was killed, is left out.</param>
    /// <param name="stored">All events of the store, in the order in which they were stored.</param>
    /// <exception cref="InvalidDataException">It is no such ledger, or gives one number to two events.</exception>
    public static LedgerVerdict Run(IEnumerable<string> ledger, IEnumerable<FleetEvent> stored)
    {
        Dictionary<Number, Made> made = [];
        Dictionary<Life, long> acknowledged = [];
        Read(ledger, made, acknowledged);
        HashSet<string> hosts = [.. made.Keys.Select(number => number.Host)];
        List<Violation> violations = [];
        HashSet<Number> seen = [];
        Dictionary<Life, long> last = [];
        foreach (FleetEvent e in stored.Where(e => e.Epoch > 0 && hosts.Contains($"{e.Host}")))
        {
            Number number = new($"{e.Host}", e.Epoch, e.Sequence);
            ViolationKind? wrong = !made.TryGetValue(number, out Made one) ? ViolationKind.NeverMade
                : !seen.Add(number) ? ViolationKind.StoredTwice
                : e.Count > one.Count ? ViolationKind.CountedTwice
                : e.Count < one.Count ? ViolationKind.LostSilently
                : e.Kind != one.Kind ? ViolationKind.NeverMade
                : e.Sequence < last.GetValueOrDefault(number.Life) ? ViolationKind.OutOfOrder
                : null;
            last[number.Life] = Math.Max(e.Sequence, last.GetValueOrDefault(number.Life));
            if (wrong is { } kind)
            {
                violations.Add(new Violation(kind, number.Host, $"{number.Epoch}/{number.Sequence}, {e.Kind} of {e.Count}{(one.Kind is null ? "" : $", made as {one.Kind} of {one.Count}")}"));
            }
        }

        Number[] missing = [.. made.Keys.Where(number => !seen.Contains(number))];
        violations.AddRange(missing.Where(IsAcknowledged)
            .Select(number => new Violation(ViolationKind.LostSilently, number.Host, $"{number.Epoch}/{number.Sequence} is acknowledged and not stored")));
        return new LedgerVerdict(
            made.Count, made.Values.Sum(one => one.Count), made.Keys.Count(IsAcknowledged), seen.Count, missing.Count(number => !IsAcknowledged(number)),
            made.Values.Where(one => one.Kind is EventKinds.AgentLoss).Sum(one => one.Count), violations);

        bool IsAcknowledged(Number number) => number.Sequence <= acknowledged.GetValueOrDefault(number.Life);
    }

    private static void Read(IEnumerable<string> ledger, Dictionary<Number, Made> made, Dictionary<Life, long> acknowledged)
    {
        JsonException? broken = null;
        foreach (string line in ledger)
        {
            if (broken is not null)
            {
                throw new InvalidDataException($"A line of the ledger cannot be read: {broken.Message}", broken);
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                JsonElement entry = document.RootElement;
                if (entry.TryGetProperty("acked", out JsonElement acked))
                {
                    Life life = NumberOf(acked).Life;
                    acknowledged[life] = Math.Max(acknowledged.GetValueOrDefault(life), NumberOf(acked).Sequence);
                }
                else if (!made.TryAdd(NumberOf(entry), new Made(entry.GetProperty("kind").GetString()!, entry.GetProperty("count").GetInt64())))
                {
                    throw new InvalidDataException($"The ledger gives a number to two events: {line}");
                }
            }
            catch (JsonException e)
            {
                broken = e; // The last line alone may be so.
            }
        }
    }

    private static Number NumberOf(JsonElement entry) =>
        new(entry.GetProperty("host").GetString()!, entry.GetProperty("epoch").GetInt64(), entry.GetProperty("sequence").GetInt64());

    private readonly record struct Life(string Host, long Epoch);

    private readonly record struct Number(string Host, long Epoch, long Sequence)
    {
        public Life Life => new(Host, Epoch);
    }

    private readonly record struct Made(string Kind, long Count);
}
