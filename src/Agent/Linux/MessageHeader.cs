using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct msghdr of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public nuint NameLength;
    public MessageVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public nint Flags;
}
