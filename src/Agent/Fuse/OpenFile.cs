using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Fuse;

/// <summary>Something a caller has open. Results are byte counts or negative error numbers.</summary>
internal abstract class OpenFile : IDisposable
{
    public virtual int Read(in InHeader caller, ulong offset, Span<byte> destination) => -Errno.Invalid;

    public virtual int Write(in InHeader caller, ulong offset, ReadOnlySpan<byte> source) => -Errno.Access;

    public virtual void Dispose()
    {
    }
}
