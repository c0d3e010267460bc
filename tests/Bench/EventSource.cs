using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data.Events;

namespace Fleet.Bench;

/// <summary>
/// Events of a fleet as the store would see them. 200 hosts, the first of which says 100,000 times less than the others; kinds from
/// nearly all to one in 1,000,000; eight functions and two tools a host, 64 functions in all and a rare one.
/// </summary>
internal sealed class EventSource
{
    public const int BatchSize = 500;
    public const int Hosts = 200;

    /// <summary>A host with one small batch in a thousand.</summary>
    public const int RareHost = 0;
    private const int RareHostEvery = 1000;
    private const int RareBatch = 5;
    private static readonly string[] Tools = ["setpci", "lspci", "pm9flash", "nvme", "spdm-utils", "vendor-tool", "mst", "ipmitool"];
    private readonly HostId[] _hosts = [.. Enumerable.Range(1, Hosts).Select(i => new HostId(new Guid(i, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0)))];
    private readonly long[] _sequences = new long[Hosts];
    private long _made;
    private long _batches;

    public static string HostName(int host) => string.Create(CultureInfo.InvariantCulture, $"host-{host:000}");

    public HostId Host(int host) => _hosts[host];

    /// <summary>Goes on where an earlier run of this source ended.</summary>
    public void GoOn(HostId host, long sequence)
    {
        _sequences[Array.IndexOf(_hosts, host)] = sequence;
        _made += sequence;
        _batches += sequence / BatchSize;
    }

    /// <summary>So many events in batches; no host twice in a group of callers, so that order holds.</summary>
    public List<IncomingBatch> Batches(int count, DateTimeOffset time)
    {
        List<IncomingBatch> batches = [];
        for (int done = 0; done < count;)
        {
            bool rare = ++_batches % RareHostEvery is 0;
            int host = rare ? RareHost : 1 + (int)(_batches % (Hosts - 1));
            int size = Math.Min(rare ? RareBatch : BatchSize, count - done);
            FleetEvent[] events = new FleetEvent[size];
            for (int i = 0; i < size; i++)
            {
                events[i] = Event(host, ++_sequences[host], ++_made, time.AddMicroseconds(done + i - count));
            }

            batches.Add(new IncomingBatch(_hosts[host], HostName(host), 1, events, time));
            done += size;
        }

        return batches;
    }

    private FleetEvent Event(int host, long sequence, long number, DateTimeOffset time) => new()
    {
        Host = _hosts[host],
        HostName = HostName(host),
        Epoch = 1,
        Sequence = sequence,
        Time = time,
        Kind = Kind(number),
        Function = number % 200_003 is 7 ? new PciAddress(0, 0xee, 0, 0) : new PciAddress(0, (byte)(((host * 8) + (number & 7)) & 63), 0, 0),
        Caller = new Caller { Pid = (int)(number % 1000) + 2, Comm = Tool(host, number), Exe = "/usr/bin/" + Tool(host, number), Uid = 0 },
        Operation = AccessOperation.Write,
        Offset = 0x150,
        Length = 4,
        Decision = Decision.Refuse,
        Claim = new ClaimReference("broker", ClaimSource.Default, 0x148, 16),
        Detail = "A write of 4 bytes at 0x150 was refused: broker holds 0x148 to 0x157.",
    };

    private static string Tool(int host, long number) => Tools[(host + (number & 1)) % Tools.Length];

    private static string Kind(long number) => number switch
    {
        _ when number % 1_000_003 is 5 => EventKinds.AttestationFailed,
        _ when number % 30_011 is 5 => EventKinds.LeaseGranted,
        _ when number % 997 is 5 => EventKinds.InventoryChanged,
        _ when number % 10 is 5 => EventKinds.HoldGranted,
        _ => EventKinds.ContentionAccess,
    };
}
