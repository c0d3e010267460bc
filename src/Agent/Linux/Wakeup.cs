using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>A descriptor that becomes readable when it is told to, for a thread that sleeps in the kernel until one of several things happens.</summary>
internal sealed class Wakeup : IDisposable
{
    /// <exception cref="IOException">No descriptor is left.</exception>
    public Wakeup()
    {
        Handle = new SafeFileHandle(Native.EventDescriptor(0, Native.OpenCloseOnExec | Native.OpenNonBlocking), ownsHandle: true);
        if (Handle.IsInvalid)
        {
            throw new IOException($"No event descriptor can be made: {Posix.Describe(Marshal.GetLastPInvokeError())}.");
        }
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Wakes the sleeper, and everyone who comes later.</summary>
    public void Set() => _ = Posix.Write(Handle, BitConverter.GetBytes(1UL));

    public void Dispose() => Handle.Dispose();
}
