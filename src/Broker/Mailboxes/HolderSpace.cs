using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>
/// The function as the one sees it whose turn it is at a mailbox: claims do not stand in the way, the journal is kept all the same.
/// The owner of the turn sets Caller; there is one turn at a time.
/// </summary>
internal sealed class HolderSpace(AccessGate gate, BrokeredFunction function) : IConfigSpace
{
    public PciAddress Address => function.Address;

    public int Size => function.Size;

    public Caller? Caller { get; set; }

    public ConfigResult Read(int offset, Span<byte> destination) => gate.ReadAsHolder(function, offset, destination, Holder);

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source) => gate.WriteAsHolder(function, offset, source, Holder);

    private Caller Holder => Caller ?? throw new InvalidOperationException("Nobody has the turn at this mailbox.");
}
