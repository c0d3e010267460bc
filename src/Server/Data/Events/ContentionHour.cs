using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Server.Data.Events;

/// <summary>Contention of the last hour, by host and by function.</summary>
internal sealed class ContentionHour
{
    public static readonly ContentionHour Empty = new([]);
    private readonly Dictionary<HostId, long> _hosts = [];
    private readonly Dictionary<(HostId Host, string Function), long> _functions = [];

    public ContentionHour(IEnumerable<ContentionRow> rows)
    {
        foreach (ContentionRow row in rows)
        {
            _hosts[row.Host] = _hosts.GetValueOrDefault(row.Host) + row.Count;
            _functions[(row.Host, row.Function)] = _functions.GetValueOrDefault((row.Host, row.Function)) + row.Count;
        }
    }

    public long Of(HostId host) => _hosts.GetValueOrDefault(host);

    public long Of(HostId host, PciAddress function) => _functions.GetValueOrDefault((host, function.ToString()));
}
