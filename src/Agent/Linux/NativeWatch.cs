using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>The C library's functions that sensors listen with.</summary>
internal static unsafe partial class Native
{
    public const int NetlinkFamily = 16; // AF_NETLINK
    public const int RawSocket = 3 | OpenCloseOnExec | OpenNonBlocking; // SOCK_RAW
    public const int KernelUevents = 15; // NETLINK_KOBJECT_UEVENT
    public const int SocketLevel = 1; // SOL_SOCKET
    public const int ReceiveBufferForced = 33; // SO_RCVBUFFORCE

    public const int AtDoNotSync = 0x4000; // AT_STATX_DONT_SYNC
    public const nint ProcessOpen = 434; // pidfd_open, the same on every architecture
    public const nint ProcessSignal = 424; // pidfd_send_signal

    public const uint NotifyClass = 0; // FAN_CLASS_NOTIF
    public const uint ContentClass = 4; // FAN_CLASS_CONTENT
    public const uint NotifyCloseOnExec = 1;
    public const uint NotifyNonBlocking = 2;
    public const uint NotifyWithProcess = 0x80; // FAN_REPORT_PIDFD, Linux 5.15
    public const uint MarkAdd = 1;
    public const uint MarkRemove = 2;

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, NetlinkAddress* address, uint length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SafeFileHandle socket, int level, int option, int* value, uint length);

    [LibraryImport(Library, EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(SafeFileHandle socket, byte* buffer, nuint size, int flags, NetlinkAddress* sender, uint* length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport(Library, EntryPoint = "fanotify_init", SetLastError = true)]
    public static partial int OpenNotify(uint flags, uint eventFlags);

    [LibraryImport(Library, EntryPoint = "fanotify_mark", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mark(SafeFileHandle group, uint flags, ulong mask, int directory, string path);
}
