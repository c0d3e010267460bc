using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct statx (linux/stat.h); the layout is the same on every architecture.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FileStatus
{
    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint Links;
    public uint Uid;
    public uint Gid;
    public ushort Mode;
    public ushort Padding;
    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    public ulong AttributesMask;
    public StatTime Accessed;
    public StatTime Born;
    public StatTime Changed;
    public StatTime Modified;
    public uint RdevMajor;
    public uint RdevMinor;
    public uint DevMajor;
    public uint DevMinor;
    public fixed ulong Spare[14];

    public const int TypeMask = 0xF000;
    public const int DirectoryType = 0x4000;
    public const int LinkType = 0xA000;

    public readonly bool IsDirectory => (Mode & TypeMask) is DirectoryType;

    public readonly bool IsLink => (Mode & TypeMask) is LinkType;
}
