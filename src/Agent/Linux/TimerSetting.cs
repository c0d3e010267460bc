using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux;

/// <summary>struct itimerspec: the interval of a repeating timer, then when it fires first; all zeros stop it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSetting
{
    public long IntervalSeconds;
    public long IntervalNanoseconds;
    public long FirstSeconds;
    public long FirstNanoseconds;
}
