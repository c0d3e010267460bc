using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>A function that the broker stands in front of. What can change of it is one immutable value, swapped whole.</summary>
public sealed class BrokeredFunction
{
    private volatile Mailbox[] _mailboxes;
    private volatile FunctionState _state;
    private volatile ConfigCache? _cache;
    private volatile bool _detached;

    internal BrokeredFunction(IConfigSpace space, FunctionFacts facts)
    {
        Space = space;
        _mailboxes = [.. facts.Mailboxes.Select(m => new Mailbox(m))];
        _state = new FunctionState(facts, ClaimTable.Empty, 0);
    }

    /// <summary>Its address.</summary>
    public PciAddress Address => Space.Address;

    /// <summary>Size of its configuration space in bytes.</summary>
    public int Size => Space.Size;

    /// <summary>What is known of it, with the present state of its mailboxes.</summary>
    public FunctionFacts Facts => _state.Facts with { Mailboxes = [.. _mailboxes.Select(m => m.Facts())] };

    /// <summary>The claims in force on it.</summary>
    public ClaimTable Claims => _state.Table;

    internal IConfigSpace Space { get; }

    internal ReadOnlySpan<Mailbox> Mailboxes => _mailboxes;

    internal FunctionState State => _state;

    /// <summary>The accesses that wait for claims here.</summary>
    internal WaitingLine Line { get; } = new();

    /// <summary>The last good bytes; kept from the first claim on that answers from them, null before.</summary>
    internal ConfigCache? Cache
    {
        get => _cache;
        set => _cache = value;
    }

    /// <summary>True once it was detached: accesses by those who still have it open answer that it is gone.</summary>
    internal bool Detached => _detached;

    internal Mailbox? FindMailbox(int offset) => Array.Find(_mailboxes, m => m.Offset == offset);

    internal void Swap(Mailbox[] mailboxes) => _mailboxes = mailboxes;

    internal void Swap(FunctionState state) => _state = state;

    /// <summary>Notes bytes that the function answered. All ones are taken over only while the function is there to give them.</summary>
    internal void Remember(int offset, ReadOnlySpan<byte> bytes)
    {
        if (_cache is { } cache && (bytes.ContainsAnyExcept((byte)0xff) || Answers()))
        {
            cache.Store(offset, bytes);
        }
    }

    /// <summary>
    /// Whether the function answers cycles. A virtual function reads all ones for its identity, so its class is asked as well
    /// (PCI Express Base, section 9.3.4.1).
    /// </summary>
    internal bool Answers()
    {
        Span<byte> unit = stackalloc byte[4];
        return (Space.Read(0, unit) is { Status: ConfigStatus.Done } && unit.ContainsAnyExcept((byte)0xff))
            || (Space.Read(0x08, unit) is { Status: ConfigStatus.Done } && unit.ContainsAnyExcept((byte)0xff));
    }

    internal void Detach()
    {
        _detached = true;
        Line.Cancel(AccessStatus.Gone);
    }
}
