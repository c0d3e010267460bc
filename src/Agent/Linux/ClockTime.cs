using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct timespec of 64-bit kernels.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ClockTime
{
    public long Seconds;
    public long Nanoseconds;
}
