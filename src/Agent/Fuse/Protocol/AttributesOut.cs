using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>struct fuse_attr_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributesOut
{
    public ulong Valid;
    public uint ValidNanoseconds;
    public uint Padding;
    public NodeAttributes Attributes;
}
