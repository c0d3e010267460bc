using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>struct fuse_in_header: begins every request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InHeader
{
    public uint Length;
    public Operation Operation;
    public ulong Unique;
    public ulong NodeId;
    public uint Uid;
    public uint Gid;
    public uint Pid;
    public ushort ExtensionLength;
    public ushort Padding;

    public const int Size = 40;
}
