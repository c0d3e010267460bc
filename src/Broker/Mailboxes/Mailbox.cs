using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>A DOE mailbox: who drives it, how it is, what it speaks, and who has registers of it to itself.</summary>
internal sealed class Mailbox(MailboxFacts facts)
{
    private volatile MailboxFacts _facts = facts;
    private volatile Caller? _driver;
    private volatile ForeignWrite? _foreign;
    private volatile string? _quarantine;
    private long _ownedElsewhere = long.MinValue;

    /// <summary>The function as whoever has the turn sees it; set with the rest when the function is attached.</summary>
    public HolderSpace? Space { get; private set; }

    /// <summary>Drives it by the rules.</summary>
    public DoeRequester? Requester { get; private set; }

    /// <summary>Registers that callers have to themselves.</summary>
    public VirtualSets Sets { get; private set; } = null!;

    /// <summary>The last exchanges.</summary>
    public ExchangeTape Tape { get; private set; } = null!;

    /// <summary>Who of several un-brokered initiators is in the middle of what.</summary>
    public TransactionWatch Watch { get; private set; } = null!;

    public int Offset => _facts.Offset;

    public string Owner => _facts.Owner;

    public string OwnerReason => _facts.OwnerReason;

    /// <summary>Who drives it now through the broker; null when nobody does.</summary>
    public Caller? Driver => _driver;

    /// <summary>Why the mailbox may not be used any more; null when it may.</summary>
    public string? Quarantine
    {
        get => _quarantine;
        set => _quarantine = value;
    }

    public ForeignWrite? Foreign => _foreign;

    /// <summary>When it belonged to somebody else for the last time, a timestamp of the time provider; long.MinValue for never.</summary>
    public long OwnedElsewhere => Volatile.Read(ref _ownedElsewhere);

    /// <summary>What an earlier life of the agent left unfinished here; it is aborted before the next exchange.</summary>
    public InterruptedExchange? Interrupted { get; set; }

    /// <summary>Takes over what is newly known, but for what discovery found.</summary>
    public bool Update(MailboxFacts facts, long timestamp)
    {
        MailboxFacts before = _facts;
        _facts = facts with { Features = before.Features, DiscoveryNote = before.DiscoveryNote };
        if (before.Owner != facts.Owner && before.Owner is not "broker")
        {
            Volatile.Write(ref _ownedElsewhere, timestamp);
        }

        return before.Owner != facts.Owner;
    }

    public void Connect(HolderSpace space, VirtualSets sets, ExchangeTape tape, TimeProvider time)
    {
        Space = space;
        Requester = new DoeRequester(space, Offset, time);
        Sets = sets;
        Tape = tape;
        Watch = new TransactionWatch(time);
    }

    public void Begin(Caller caller)
    {
        _driver = caller;
        Space!.Caller = caller;
    }

    public void End() => _driver = null;

    /// <summary>Whether an access touches the registers that drive it: Control to the read mailbox.</summary>
    public bool Overlaps(int offset, int length) => offset < Offset + DoeRegisters.BlockSize && offset + length > Offset + DoeRegisters.Control;

    /// <summary>Notes a write that did not come by the queue. Allocates only when another process does than last time.</summary>
    public void Witness(Caller caller, long timestamp)
    {
        ForeignWrite? last = _foreign;
        if (last is null || !ReferenceEquals(last.Caller, caller))
        {
            last = new ForeignWrite { Caller = caller, Before = last is null ? 0 : last.Total };
            _foreign = last;
        }

        Volatile.Write(ref last.At, timestamp);
        Interlocked.Increment(ref last.Count);
    }

    public void Discovered(IReadOnlyList<string> features, string? note) =>
        _facts = _facts with { Features = features.Count > 0 || note is null ? features : _facts.Features, DiscoveryNote = note };

    public MailboxFacts Facts()
    {
        MailboxFacts known = _facts;
        string state = _quarantine is not null ? "quarantined"
            : known.Owner is not "broker" ? known.State
            : _driver is not null ? "busy"
            : known.State is "busy" ? "free" : known.State;
        return known with { State = state };
    }
}
