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
    private const int RecordSize = 8; // struct fanotify_event_info_pidfd
    private const byte ProcessRecord = 4; // FAN_EVENT_INFO_TYPE_PIDFD
    private const int NoProcess = -1; // FAN_NOPIDFD
    private const int BufferSize = 64 * (EventSize + RecordSize);
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
        // Older kernels give no process with an event: then its id alone says whose it is.
        SafeFileHandle file = Open(kind | Native.NotifyWithProcess, out error);
        if (error is Errno.Invalid)
        {
            file.Dispose();
            file = Open(kind, out error);
        }

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
    /// <param name="take">Called with each event; its file and process are closed afterwards.</param>
    /// <returns>False when the group is at its end.</returns>
    public bool Receive(Action<NotifyEvent> take)
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
                int length = BitConverter.ToInt32(_buffer, at);
                if (length < EventSize || at + length > count)
                {
                    return false; // an event of a version that we do not know
                }

                Hand(take, _buffer.AsSpan(at, length));
                at += length;
            }
        }
    }

    /// <summary>Answers an event that the kernel asked: 1 allows what was to be done to its file, 2 denies it.</summary>
    public void Answer(SafeFileHandle file, uint response)
    {
        Span<byte> answer = stackalloc byte[8]; // struct fanotify_response
        BitConverter.TryWriteBytes(answer, (int)file.DangerousGetHandle());
        BitConverter.TryWriteBytes(answer[4..], response);
        _ = Posix.Write(_file, answer);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(uint flags, out int error)
    {
        int descriptor = Native.OpenNotify(
            flags | Native.NotifyCloseOnExec | Native.NotifyNonBlocking, Native.OpenReadOnly | Native.OpenCloseOnExec);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static (uint, uint, ulong) Key(in FileStatus status) => (status.DevMajor, status.DevMinor, status.Inode);

    private void Hand(Action<NotifyEvent> take, ReadOnlySpan<byte> item)
    {
        int descriptor = BitConverter.ToInt32(item[16..]);
        int handle = ReadProcess(item);
        using SafeFileHandle? file = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        using ProcessHandle? process = handle < 0 ? null : ProcessHandle.Own(handle);
        take(new NotifyEvent(
            BitConverter.ToUInt64(item[8..]), BitConverter.ToInt32(item[20..]), process, handle is NoProcess,
            descriptor < 0 ? null : FunctionOf(descriptor), file));
    }

    /// <summary>The descriptor of the process, from the records behind an event: -1 when it is gone, less when there is none for another reason.</summary>
    private static int ReadProcess(ReadOnlySpan<byte> item)
    {
        for (int at = BitConverter.ToUInt16(item[6..]); at + RecordSize <= item.Length;)
        {
            int length = BitConverter.ToUInt16(item[(at + 2)..]);
            if (item[at] is ProcessRecord)
            {
                return BitConverter.ToInt32(item[(at + 4)..]);
            }

            if (length is 0)
            {
                break;
            }

            at += length;
        }

        return NoProcess - 1;
    }

    private PciAddress? FunctionOf(int descriptor)
    {
        if (!Posix.TryStat($"/proc/self/fd/{descriptor}", follow: true, out FileStatus status))
        {
            return null;
        }

        lock (_gate)
        {
            return _functions.TryGetValue(Key(status), out PciAddress found) ? found : null;
        }
    }
}
