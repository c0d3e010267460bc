using Fleet.Contracts;

namespace Fleet.Server.Data.Events;

/// <summary>
/// Bounds how many sums a host can begin: the sums of the last hour are in every list. Whoever says ever different things of its contention is summed up by
/// function alone, then as one; the events themselves say all of it still. Known to this server until its hour is over, so several servers allow as much each.
/// </summary>
internal sealed class SumVariety
{
    /// <summary>The caller of what is not told apart any more.</summary>
    public const string Others = "(others)";

    private const string OtherKind = "contention.other";

    // By hash alone, which is small; two keys that share one are both let through.
    private readonly Dictionary<HostId, HashSet<int>> _known = [];
    private long _hour;

    /// <summary>The key under which a host's contention is added up.</summary>
    public ContentionKey Within(HostId host, ContentionKey key, DateTimeOffset arrival)
    {
        // An hour of arrival: those that an agent can make up are many.
        long hour = StoreTime.Minutes(arrival) / 60;
        if (hour != _hour)
        {
            _known.Clear();
            _hour = hour;
        }

        if (!_known.TryGetValue(host, out HashSet<int>? known))
        {
            _known.Add(host, known = []);
        }

        ContentionKey coarse = key with { Kind = EventKinds.All.Contains(key.Kind) ? key.Kind : OtherKind, Comm = Others, Feature = "", Region = "" };
        return IsTold(known, key, SumBounds.OfAHostAndHour / 2) ? key
            : IsTold(known, coarse, SumBounds.OfAHostAndHour) ? coarse
            : coarse with { Function = "" };
    }

    private static bool IsTold(HashSet<int> known, ContentionKey key, int room)
    {
        int thing = (key with { Minute = 0, Host = 0 }).GetHashCode();
        return known.Contains(thing) || (known.Count < room && known.Add(thing));
    }
}
