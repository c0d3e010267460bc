using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Doe;

namespace Fleet.Broker;

/// <summary>
/// The function as the one sees it whose turn it is at a mailbox: claims do not stand in the way, the journal is kept all the same.
/// Counts what an exchange costs. The owner of the turn sets Caller; there is one turn at a time.
/// </summary>
internal sealed class HolderSpace(AccessGate gate, BrokeredFunction function, int mailbox) : IConfigSpace
{
    public PciAddress Address => function.Address;

    public int Size => function.Size;

    public Caller? Caller { get; set; }

    /// <summary>Cycles since the exchange began, reads of Status left out.</summary>
    public int Cycles { get; private set; }

    /// <summary>Reads of Status since the exchange began.</summary>
    public int Polls { get; private set; }

    private Caller Holder => Caller ?? throw new InvalidOperationException("Nobody has the turn at this mailbox.");

    public void Restart() => (Cycles, Polls) = (0, 0);

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        bool poll = offset == mailbox + DoeRegisters.Status;
        Polls += poll ? 1 : 0;
        Cycles += poll ? 0 : 1;
        return gate.ReadAsHolder(function, offset, destination, Holder);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        Cycles++;
        return gate.WriteAsHolder(function, offset, source, Holder);
    }
}
