using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>A hold in force. Changed under the queue's lock alone.</summary>
internal sealed class Hold(string id, PciAddress device, TurnRequest request, DateTimeOffset since, long began, TimeSpan most)
{
    public string Id => id;

    public CallerKey Key => request.Key;

    public Caller Caller => request.Caller;

    /// <summary>Asked for, rather than begun by an exchange: it does not end by idling.</summary>
    public bool Requested => request.Mailbox is null;

    /// <summary>When it began, by the steady clock.</summary>
    public long Began { get; } = began;

    public TimeSpan Most => most;

    /// <summary>When its holder's last exchange ended, by the steady clock.</summary>
    public long Used { get; set; } = began;

    public long Exchanges { get; set; }

    public HoldFacts Facts(int waiting) => new()
    {
        Id = id,
        Device = device,
        Caller = request.Caller,
        Requested = Requested,
        Reason = request.Reason,
        Since = since,
        Ends = since + most,
        Exchanges = Exchanges,
        Waiting = waiting,
    };
}
