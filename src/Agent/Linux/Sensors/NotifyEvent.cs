using Fleet.Pci;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>One event of a fanotify group.</summary>
/// <param name="Mask">What happened; <see cref="Overflow"/> for events that the kernel dropped.</param>
/// <param name="Pid">The process that did it, by its id when it did.</param>
/// <param name="Process">The same process for certain; null when it is gone, and on kernels that give none (before 5.15).</param>
/// <param name="IsGone">True when its process was gone when the event was read: the id may be another's by now.</param>
/// <param name="Function">The function whose file it was; null when it was none of those watched.</param>
/// <param name="File">The file, open while the event is handled; null when there is none.</param>
internal readonly record struct NotifyEvent(
    ulong Mask, int Pid, ProcessHandle? Process, bool IsGone, PciAddress? Function, SafeFileHandle? File)
{
    public const ulong Overflow = 0x4000; // FAN_Q_OVERFLOW

    /// <summary>Whether the agent itself did it.</summary>
    public bool IsOwn => Pid == Environment.ProcessId;
}
