using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>A process that stays the same: a pid is given again after its end, this handle is not (pidfd, Linux 5.3).</summary>
internal sealed class ProcessHandle : IDisposable
{
    private readonly SafeFileHandle _file;

    private ProcessHandle(SafeFileHandle file) => _file = file;

    /// <summary>Opens the process with this id now; null when there is none (or only a thread of one), or the kernel is too old.</summary>
    public static ProcessHandle? TryOpen(int pid)
    {
        SafeFileHandle file = new(Native.Call(Native.ProcessOpen, pid, 0, 0, 0, 0), ownsHandle: true);
        if (!file.IsInvalid)
        {
            return new ProcessHandle(file);
        }

        file.Dispose();
        return null;
    }

    /// <summary>The process of a descriptor that the kernel gave; closes it in the end.</summary>
    public static ProcessHandle Own(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    /// <summary>Whether /proc can tell of it no more: it has ended and its parent has taken note, so that its id may be another's now.</summary>
    public bool IsGone => Native.Call(Native.ProcessSignal, _file.DangerousGetHandle(), 0, 0, 0, 0) < 0 && Marshal.GetLastPInvokeError() is Errno.NoProcess;

    /// <summary>Whether it has ended: one system call, some 0.4 microseconds.</summary>
    public bool HasEnded => Posix.IsReadable(_file);

    public void Dispose() => _file.Dispose();
}
