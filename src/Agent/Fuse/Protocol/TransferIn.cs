using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>struct fuse_read_in and fuse_write_in, which have one layout; a write's data follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TransferIn
{
    public ulong Handle;
    public ulong Offset;
    public uint Size;
    public uint TransferFlags;
    public ulong LockOwner;
    public uint Flags;
    public uint Padding;
}
