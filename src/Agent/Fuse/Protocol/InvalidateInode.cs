using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>A whole notification FUSE_NOTIFY_INVAL_INODE: header, node, offset, length (0, 0: everything).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InvalidateInode
{
    public OutHeader Header;
    public ulong NodeId;
    public long Offset;
    public long Length;

    public const int Code = 2;
}
