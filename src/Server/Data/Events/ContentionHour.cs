using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Server.Data.Events;

/// <summary>Contention of the last hour, by host and by function; by host alone where functions are too many to be told apart.</summary>
internal sealed class ContentionHour
{
    public static readonly ContentionHour Empty = OfFunctions([]);

    private readonly Dictionary<HostId, long> _hosts;
    private readonly Dictionary<(HostId Host, string Function), long>? _functions;

    private ContentionHour(Dictionary<HostId, long> hosts, Dictionary<(HostId Host, string Function), long>? functions) => (_hosts, _functions) = (hosts, functions);

    /// <summary>Whether it can be told of functions.</summary>
    public bool KnowsFunctions => _functions is not null;

    public static ContentionHour OfFunctions(IReadOnlyList<ContentionRow> rows) => new(Sums(rows, row => row.Host), Sums(rows, row => (row.Host, row.Function)));

    public static ContentionHour OfHosts(IReadOnlyList<ContentionRow> rows) => new(Sums(rows, row => row.Host), null);

    public long Of(HostId host) => _hosts.GetValueOrDefault(host);

    /// <returns>Null when it is not known.</returns>
    public long? Of(HostId host, PciAddress function) => _functions is null ? null : _functions.GetValueOrDefault((host, function.ToString()));

    private static Dictionary<T, long> Sums<T>(IReadOnlyList<ContentionRow> rows, Func<ContentionRow, T> key)
        where T : notnull
    {
        Dictionary<T, long> sums = [];
        foreach (ContentionRow row in rows)
        {
            sums[key(row)] = SumBounds.Add(sums.GetValueOrDefault(key(row)), row.Count);
        }

        return sums;
    }
}
