using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>struct fuse_dirent; the name follows, and the next entry is aligned to 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectoryEntry
{
    public ulong Inode;
    public ulong NextOffset;
    public uint NameLength;
    public uint Type;
}
