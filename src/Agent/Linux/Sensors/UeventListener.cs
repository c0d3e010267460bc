using System.Runtime.InteropServices;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// Listens to the kernel's messages about PCI functions (netlink, NETLINK_KOBJECT_UEVENT) and hands them on. When the kernel says
/// that messages were lost, so does it: then everything is looked at again.
/// </summary>
internal sealed class UeventListener : ISensor
{
    private const int BufferSize = 8 * 1024; // the kernel's messages have at most 2 KiB and some
    private const int Wanted = 4 * 1024 * 1024; // a rescan of a large machine comes all at once
    private const uint KernelGroup = 1;

    // An object that every kernel has; a message about it makes nobody do anything but look.
    private const string Trial = "/sys/devices/virtual/mem/null/uevent";

    private readonly Action<HardwareChange> _changed;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly ManualResetEventSlim _tried = new();
    private readonly string _trialId;
    private SafeFileHandle? _socket;
    private DescriptorLoop? _loop;
    private string? _failure;

    /// <param name="changed">Called on the listener's thread.</param>
    /// <param name="time">The clock.</param>
    public UeventListener(Action<HardwareChange> changed, TimeProvider time)
    {
        _changed = changed;
        _trialId = Guid.CreateVersion7(time.GetUtcNow()).ToString();
    }

    public string Name => "uevents";

    /// <summary>Begins to listen, so that no change is missed between the first look at the functions and <see cref="Start"/>.</summary>
    public unsafe void Listen()
    {
        _socket = new SafeFileHandle(Native.OpenSocket(Native.NetlinkFamily, Native.RawSocket, Native.KernelUevents), ownsHandle: true);
        NetlinkAddress address = new() { Family = Native.NetlinkFamily, Groups = KernelGroup };
        if (_socket.IsInvalid || Native.Bind(_socket, &address, (uint)sizeof(NetlinkAddress)) is not 0)
        {
            _failure = $"No netlink socket for the kernel's messages can be had: {Posix.Describe(Marshal.GetLastPInvokeError())}.";
            return;
        }

        int size = Wanted;
        _ = Native.SetOption(_socket, Native.SocketLevel, Native.ReceiveBufferForced, &size, sizeof(int)); // Without it an overrun comes sooner, and is told.
        _loop = DescriptorLoop.Start("uevents", _socket, Receive);
    }

    public bool WasLate { get; private set; }

    public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
    {
        WasLate = false;
        if (_loop is null)
        {
            return new SensorReport(
                Name, false, $"{_failure ?? "It was never started."} Functions that come and go are noticed by the look every minute only.", "");
        }

        const string Covers = "Functions that come, go, get or lose a driver.";
        if (!Posix.TryOpen(Trial, Native.OpenWriteOnly, out SafeFileHandle trial, out int error))
        {
            return new SensorReport(Name, true, $"It could not be tried out: {Trial} cannot be written ({Posix.Describe(error)}).", Covers);
        }

        using (trial)
        {
            int written = Posix.Write(trial, System.Text.Encoding.ASCII.GetBytes($"change {_trialId}"));
            if (written > 0 && _tried.Wait(patience, ct))
            {
                return new SensorReport(Name, true, "", Covers);
            }

            WasLate = written > 0;
            return new SensorReport(
                Name, false, "The kernel's message about a trial did not arrive: in a user or network namespace of its own the agent gets none.", "");
        }
    }

    public void Dispose()
    {
        _loop?.Dispose();
        _loop = null;
        _socket?.Dispose();
    }

    private unsafe bool Receive()
    {
        while (true)
        {
            NetlinkAddress sender = default;
            uint length = (uint)sizeof(NetlinkAddress);
            nint count;
            fixed (byte* buffer = _buffer)
            {
                count = Native.ReceiveFrom(_socket!, buffer, BufferSize, 0, &sender, &length);
            }

            if (count < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error is Errno.NoBufferSpace)
                {
                    _changed(new HardwareChange(HardwareChangeKind.Overrun, null));
                    continue;
                }

                return error is Errno.Again or Errno.Interrupted;
            }

            // Only the kernel is believed: anybody with the right may send to the group.
            if (sender.Port is 0 && Uevent.TryParse(_buffer.AsSpan(0, (int)count), out Uevent uevent))
            {
                Take(uevent);
            }
        }
    }

    private void Take(Uevent uevent)
    {
        if (uevent.Synthetic == _trialId)
        {
            _tried.Set();
        }
        else if (uevent.ToChange() is { } change)
        {
            _changed(change);
        }
    }
}
