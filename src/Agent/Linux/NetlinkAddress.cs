using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct sockaddr_nl; a port of 0 is the kernel.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    public ushort Family;
    public ushort Padding;
    public uint Port;
    public uint Groups;
}
