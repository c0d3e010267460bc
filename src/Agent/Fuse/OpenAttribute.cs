using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Linux;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Fuse;

/// <summary>An attribute file: reads go to the file behind it, one for one; it is never written.</summary>
internal sealed class OpenAttribute(SafeFileHandle file) : OpenFile
{
    public override HandleKind Kind => HandleKind.Attribute;

    public override Transfer Read(in InHeader caller, ulong offset, Span<byte> destination) =>
        offset > long.MaxValue ? Transfer.Failed(Errno.Invalid) : new Transfer(Posix.ReadAt(file, (long)offset, destination));

    public override void Dispose()
    {
        file.Dispose();
        base.Dispose();
    }
}
