using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// A file system of the kernel's own (sysfs, securityfs, fusectl) mounted for this process alone and attached nowhere:
/// no bind mount over /sys can shadow it, and it is gone with its handle.
/// </summary>
internal sealed unsafe class DetachedMount : IDisposable
{
    private const string HandlePrefix = "/proc/self/fd/";
    private const int CloseOnExec = 1;
    private const int OpenTreeClone = 1;
    private const int FromHandle = 4; // MOVE_MOUNT_F_EMPTY_PATH
    private const int Beneath = 0x200; // MOVE_MOUNT_BENEATH
    private const int Create = 6; // FSCONFIG_CMD_CREATE

    private readonly SafeFileHandle _mount;

    private DetachedMount(SafeFileHandle mount)
    {
        _mount = mount;
        Root = $"{HandlePrefix}{mount.DangerousGetHandle()}";
    }

    /// <summary>Path of its root, good in this process while the object lives.</summary>
    public string Root { get; }

    /// <summary>Mounts; needs CAP_SYS_ADMIN and Linux 5.2.</summary>
    public static DetachedMount? TryOpen(string type, out int error)
    {
        fixed (byte* name = Encoding.ASCII.GetBytes(type + '\0'))
        {
            using SafeFileHandle context = Handle(Native.Call(Native.FsOpen, (nint)name, CloseOnExec, 0, 0, 0), out error);
            if (context.IsInvalid)
            {
                return null;
            }

            if (Native.Call(Native.FsConfig, context.DangerousGetHandle(), Create, 0, 0, 0) < 0)
            {
                error = Marshal.GetLastPInvokeError();
                return null;
            }

            SafeFileHandle mount = Handle(Native.Call(Native.FsMount, context.DangerousGetHandle(), CloseOnExec, 0, 0, 0), out error);
            return mount.IsInvalid ? null : new DetachedMount(mount);
        }
    }

    /// <summary>
    /// Another view of a directory: what is mounted below it now or later is not seen through it. Needs CAP_SYS_ADMIN and Linux 5.2.
    /// </summary>
    public static DetachedMount? TryClone(string directory, out int error)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(directory + '\0'))
        {
            SafeFileHandle mount = Handle(
                Native.Call(Native.OpenTree, Native.AtCurrentDirectory, (nint)path, OpenTreeClone | Native.OpenCloseOnExec, 0, 0), out error);
            return mount.IsInvalid ? null : new DetachedMount(mount);
        }
    }

    /// <summary>
    /// Attaches it beneath what lies on a place last: once that is taken off, this is what remains, and at no moment was the place bare.
    /// Needs Linux 6.5.
    /// </summary>
    /// <returns>0, or the error number.</returns>
    public int AttachBeneath(string place)
    {
        fixed (byte* empty = "\0"u8)
        fixed (byte* path = Encoding.UTF8.GetBytes(place + '\0'))
        {
            nint result = Native.Call(
                Native.MoveMount, _mount.DangerousGetHandle(), (nint)empty, Native.AtCurrentDirectory, (nint)path, FromHandle | Beneath);
            return result < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Whether a path leads into a mount of this kind.</summary>
    public static bool IsDetached(string path) => path.StartsWith(HandlePrefix, StringComparison.Ordinal);

    /// <summary>A path in a detached sysfs as other processes can follow it; other paths stay as they are.</summary>
    public static string ToVisible(string path)
    {
        if (!path.StartsWith(HandlePrefix, StringComparison.Ordinal))
        {
            return path;
        }

        int slash = path.IndexOf('/', HandlePrefix.Length);
        return slash < 0 ? "/sys" : "/sys" + path[slash..];
    }

    public void Dispose() => _mount.Dispose();

    private static SafeFileHandle Handle(nint descriptor, out int error)
    {
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
