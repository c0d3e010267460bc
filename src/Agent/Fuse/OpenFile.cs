using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>Something a caller has open.</summary>
internal abstract class OpenFile : IDisposable
{
    /// <summary>Which kind it is, as part of its handle's number: an agent that takes over makes the object anew from it.</summary>
    public abstract HandleKind Kind { get; }

    public virtual Transfer Read(in InHeader caller, ulong offset, Span<byte> destination) => Transfer.Failed(Errno.Invalid);

    public virtual Transfer Write(in InHeader caller, ulong offset, ReadOnlySpan<byte> source) => Transfer.Failed(Errno.Access);

    public virtual void Dispose()
    {
    }
}
