using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>Makes the events of simulated hosts: tools that meet claimed mailboxes, as agents tell of them.</summary>
internal static class EventMaker
{
    private static readonly (string Kind, string Comm, Decision Decision)[] Mix =
    [
        (EventKinds.ContentionAccess, "setpci", Decision.Refuse),
        (EventKinds.ContentionAccess, "lspci", Decision.Virtualise),
        (EventKinds.ContentionExchange, "nvme-tool", Decision.Wait),
        (EventKinds.ClaimGranted, "fw-update", Decision.Allow),
    ];

    public static string KindOf(MadeEvent made) => made.Lost > 0 ? EventKinds.AgentLoss : Mix[(int)((ulong)made.Salt % (ulong)Mix.Length)].Kind;

    public static FleetEvent Make(MadeEvent made, HostTemplate template, HostId host, string name, long epoch, TimeSpan skew)
    {
        DateTimeOffset time = made.At + skew;
        if (made.Lost > 0)
        {
            return new FleetEvent
            {
                Host = host,
                HostName = name,
                Epoch = epoch,
                Sequence = made.Sequence,
                Time = time,
                Kind = EventKinds.AgentLoss,
                Count = made.Lost,
                Detail = $"{made.Lost} events found no room in the spool.",
            };
        }

        (string kind, string comm, Decision decision) = Mix[(int)((ulong)made.Salt % (ulong)Mix.Length)];
        (Pci.PciAddress function, int offset) = template.Mailboxes[(int)((ulong)made.Salt / 7 % (ulong)template.Mailboxes.Length)];
        return new FleetEvent
        {
            Host = host,
            HostName = name,
            Epoch = epoch,
            Sequence = made.Sequence,
            Time = time,
            Kind = kind,
            Function = function,
            Caller = new Caller { Pid = 1000 + (int)((ulong)made.Salt % 50_000), Comm = comm, Exe = $"/usr/bin/{comm}", Uid = 0 },
            Operation = AccessOperation.Write,
            Offset = offset + 8,
            Length = 4,
            Decision = decision,
            Claim = new ClaimReference("broker", ClaimSource.Default, offset, 0x18),
            Detail = $"{comm} met the claim of broker on {function}.",
        };
    }
}
