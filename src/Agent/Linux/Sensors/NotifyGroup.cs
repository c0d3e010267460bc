using System.Runtime.InteropServices;
using Fleet.Pci;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// A fanotify group that watches the config files of functions: by inode, so through every mount of the same sysfs. A sysfs of
/// another network namespace has inodes of its own, and /proc/bus/pci takes no marks.
/// </summary>
internal sealed class NotifyGroup : IDisposable
{
    private const int EventSize = 24; // struct fanotify_event_metadata
    private const int BufferSize = 64 * EventSize;
    private const int MostMarks = 16_384;

    private readonly SafeFileHandle _file;
    private readonly ulong _mask;
    private readonly Lock _gate = new();
    private readonly Dictionary<(uint Major, uint Minor, ulong Inode), PciAddress> _functions = [];
    private readonly byte[] _buffer = new byte[BufferSize];

    private NotifyGroup(SafeFileHandle file, ulong mask)
    {
        _file = file;
        _mask = mask;
    }

    public SafeFileHandle File => _file;

    /// <summary>Opens a group.</summary>
    /// <param name="kind">FAN_CLASS_NOTIF to be told, FAN_CLASS_CONTENT to be asked.</param>
    /// <param name="mask">What to be told or asked of.</param>
    /// <param name="error">The error number when there is none.</param>
    public static NotifyGroup? TryOpen(uint kind, ulong mask, out int error)
    {
        uint flags = kind | Native.NotifyCloseOnExec | Native.NotifyNonBlocking;
        SafeFileHandle file = new(Native.OpenNotify(flags, Native.OpenReadOnly | Native.OpenCloseOnExec), ownsHandle: true);
        error = file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        if (!file.IsInvalid)
        {
            return new NotifyGroup(file, mask);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Watches the config file of a function; its mark goes with the file.</summary>
    /// <returns>0, or the error number.</returns>
    public int Add(string pciRoot, PciAddress address)
    {
        string path = $"{pciRoot}/devices/{address}/config";
        if (!Posix.TryStat(path, follow: true, out FileStatus status))
        {
            return Errno.NoEntry;
        }

        lock (_gate)
        {
            // A hot-plugged function has a new inode; those of functions long gone are forgotten when there are too many.
            if (_functions.Count >= MostMarks)
            {
                _functions.Clear();
            }

            _functions[Key(status)] = address;
        }

        return Native.Mark(_file, Native.MarkAdd, _mask, Native.AtCurrentDirectory, path) is 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Takes what waits, without waiting.</summary>
    /// <param name="take">
    /// Called with each event: mask, process, the function if it is one of ours, and the event's file, which is closed afterwards.
    /// An overflow comes as mask <see cref="Overflow"/> without a file.
    /// </param>
    /// <returns>False when the group is at its end.</returns>
    public bool Receive(Action<ulong, int, PciAddress?, SafeFileHandle?> take)
    {
        while (true)
        {
            int count = Posix.Read(_file, _buffer);
            if (count <= 0)
            {
                return count is 0 or -Errno.Again or -Errno.Interrupted;
            }

            for (int at = 0; at + EventSize <= count;)
            {
                ReadOnlySpan<byte> item = _buffer.AsSpan(at);
                int length = BitConverter.ToInt32(item);
                ulong mask = BitConverter.ToUInt64(item[8..]);
                int descriptor = BitConverter.ToInt32(item[16..]);
                int process = BitConverter.ToInt32(item[20..]);
                if (length < EventSize)
                {
                    return false; // an event of a version that we do not know
                }

                Hand(take, mask, process, descriptor);
                at += length;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    public const ulong Overflow = 0x4000; // FAN_Q_OVERFLOW

    private static (uint, uint, ulong) Key(in FileStatus status) => (status.DevMajor, status.DevMinor, status.Inode);

    private void Hand(Action<ulong, int, PciAddress?, SafeFileHandle?> take, ulong mask, int process, int descriptor)
    {
        if (descriptor < 0)
        {
            take(mask, process, null, null);
            return;
        }

        using SafeFileHandle file = new(descriptor, ownsHandle: true);
        PciAddress? function = null;
        if (Posix.TryStat($"/proc/self/fd/{descriptor}", follow: true, out FileStatus status))
        {
            lock (_gate)
            {
                function = _functions.TryGetValue(Key(status), out PciAddress found) ? found : null;
            }
        }

        take(mask, process, function, file);
    }
}
