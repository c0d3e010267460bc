using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageVector
{
    public void* Start;
    public nuint Length;
}
