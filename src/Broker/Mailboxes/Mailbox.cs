using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>A DOE mailbox: whose turn it is, how it is, and what it speaks.</summary>
internal sealed class Mailbox(MailboxFacts facts)
{
    private const int Control = 0x08;
    private const int End = 0x18;

    private volatile MailboxFacts _facts = facts;
    private volatile Caller? _driver;
    private volatile ForeignWrite? _foreign;
    private volatile string? _quarantine;

    /// <summary>One exchange at a time. Never disposed: it has no handle unless somebody asks for one.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>The function as whoever has the turn sees it, and who drives it by the rules; set when the function is attached.</summary>
    public HolderSpace? Space { get; private set; }

    public DoeRequester? Requester { get; private set; }

    public int Offset => _facts.Offset;

    public string Owner => _facts.Owner;

    public string OwnerReason => _facts.OwnerReason;

    /// <summary>Who has the turn now; null when nobody has.</summary>
    public Caller? Driver
    {
        get => _driver;
        set => _driver = value;
    }

    /// <summary>Why the mailbox may not be used any more; null when it may.</summary>
    public string? Quarantine
    {
        get => _quarantine;
        set => _quarantine = value;
    }

    public ForeignWrite? Foreign => _foreign;

    /// <summary>Takes over what is newly known, but for what discovery found.</summary>
    public bool Update(MailboxFacts facts)
    {
        MailboxFacts before = _facts;
        _facts = facts with { Features = before.Features, DiscoveryNote = before.DiscoveryNote };
        return before.Owner != facts.Owner;
    }

    public void Connect(HolderSpace space, TimeProvider time)
    {
        Space = space;
        Requester = new DoeRequester(space, Offset, time);
    }

    /// <summary>An earlier life of the agent died within an exchange here; it is aborted before the next one.</summary>
    public bool Interrupted { get; set; }

    public bool Overlaps(int offset, int length) => offset < Offset + End && offset + length > Offset + Control;

    /// <summary>Notes a write that did not come by the queue. Allocates only when another process does than last time.</summary>
    public void Witness(Caller caller, long timestamp)
    {
        ForeignWrite? last = _foreign;
        if (last is null || !ReferenceEquals(last.Caller, caller))
        {
            last = new ForeignWrite { Caller = caller };
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
