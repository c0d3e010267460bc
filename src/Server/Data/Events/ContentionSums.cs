using System.Runtime.InteropServices;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Adds up contention and losses by minute while events are stored; a store writes the sums in the same transaction: what the sums say and
/// what the events say cannot differ. A minute is that of the event, but never later than its arrival, whatever the agent's clock says.
/// </summary>
internal sealed class ContentionSums(SumVariety variety)
{
    private const int MostNames = 10_000;
    private readonly Dictionary<ContentionKey, long> _contention = [];
    private readonly Dictionary<(long Minute, long Host), long> _losses = [];

    // The same few functions and regions come again and again; their texts are made once.
    private readonly Dictionary<PciAddress, string> _functions = [];
    private readonly Dictionary<(int Offset, int Length), string> _regions = [];

    public IReadOnlyDictionary<ContentionKey, long> Contention => _contention;

    public IReadOnlyDictionary<(long Minute, long Host), long> Losses => _losses;

    public static bool IsContention(string kind) => kind.StartsWith("contention.", StringComparison.Ordinal);

    public void Add(long host, FleetEvent fleetEvent, DateTimeOffset arrival)
    {
        long minute = StoreTime.Minutes(fleetEvent.Time < arrival ? fleetEvent.Time : arrival);
        if (fleetEvent.Kind == EventKinds.AgentLoss)
        {
            _losses[(minute, host)] = SumBounds.Add(_losses.GetValueOrDefault((minute, host)), fleetEvent.Count);
        }
        else if (IsContention(fleetEvent.Kind))
        {
            ContentionKey key = new(
                minute,
                host,
                fleetEvent.Kind,
                fleetEvent.Function is { } function ? Name(_functions, function, static address => address.ToString()) : "",
                fleetEvent.Caller?.Comm ?? "",
                WireNames.Of(fleetEvent.Decision) ?? "",
                fleetEvent.Feature ?? "",
                fleetEvent.Claim is { } claim ? Name(_regions, (claim.Offset, claim.Length), static region => $"{region.Offset:x3}+{region.Length:x}") : "");
            if (!_contention.ContainsKey(key))
            {
                key = variety.Within(fleetEvent.Host, key, arrival);
            }

            ref long sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_contention, key, out _);
            sum = SumBounds.Add(sum, fleetEvent.Count);
        }
    }

    public void Clear()
    {
        _contention.Clear();
        _losses.Clear();
    }

    private static string Name<T>(Dictionary<T, string> names, T value, Func<T, string> make)
        where T : notnull
    {
        if (!names.TryGetValue(value, out string? name))
        {
            name = make(value);
            if (names.Count < MostNames)
            {
                names.Add(value, name);
            }
        }

        return name;
    }
}
