using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>The head of struct fuse_setattr_in: which attributes are to change.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetAttributesIn
{
    public uint Valid;
    public uint Padding;
}
