using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Wanted;
    public short Found;

    public const short Readable = 1;
}
