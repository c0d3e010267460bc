using System.Collections;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>What a server has of the events that the hosts of a run made, as it is read back page by page, the newest first.</summary>
internal sealed class StoredEvents
{
    private readonly Dictionary<(HostId Host, long Epoch), Host> _hosts = [];

    /// <param name="made">Of each host and epoch the last sequence that was made; the first is 1.</param>
    public StoredEvents(IEnumerable<(HostId Host, long Epoch, long Last)> made)
    {
        foreach ((HostId host, long epoch, long last) in made)
        {
            _hosts[(host, epoch)] = new Host(last);
        }
    }

    public static StoredEvents Of(IEnumerable<LoadHost> hosts) =>
        new(hosts.Where(host => host.Identity is not null).Select(host => (host.Identity!.Host, host.Spool.Epoch, host.Spool.Last)));

    /// <summary>Events found, each counted once.</summary>
    public long Found { get; private set; }

    /// <summary>Events found again.</summary>
    public long Twice { get; private set; }

    /// <summary>Events of these hosts that they never made.</summary>
    public long NeverMade { get; private set; }

    /// <summary>Events that are stored before one that their host made earlier.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Events made and not found.</summary>
    public long Missing => _hosts.Values.Sum(host => (long)host.Seen.Count) - Found;

    public void Add(IEnumerable<FleetEvent> newestFirst)
    {
        foreach (FleetEvent one in newestFirst)
        {
            if (!_hosts.TryGetValue((one.Host, one.Epoch), out Host? host))
            {
                continue;
            }

            if (one.Sequence < 1 || one.Sequence > host.Seen.Count)
            {
                NeverMade++;
            }
            else if (host.Seen[(int)one.Sequence - 1])
            {
                Twice++;
            }
            else
            {
                host.Seen[(int)one.Sequence - 1] = true;
                Found++;
                OutOfOrder += one.Sequence > host.Before ? 1 : 0;
                host.Before = one.Sequence;
            }
        }
    }

    private sealed class Host(long made)
    {
        public BitArray Seen { get; } = new((int)made);

        public long Before { get; set; } = long.MaxValue;
    }
}
