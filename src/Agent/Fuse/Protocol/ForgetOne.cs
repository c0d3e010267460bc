using System.Runtime.InteropServices;

namespace Fleet.Agent.Fuse.Protocol;

/// <summary>struct fuse_forget_one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ForgetOne
{
    public ulong NodeId;
    public ulong Count;
}
