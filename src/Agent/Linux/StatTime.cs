using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct statx_timestamp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;
}
