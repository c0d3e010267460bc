using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>A handle of /dev/fuse: requests of the kernel come out of it, replies and notifications go into it.</summary>
internal sealed unsafe class FuseDevice : IDisposable
{
    private const string DevicePath = "/dev/fuse";
    private const nuint CloneRequest = 0x8004E500; // FUSE_DEV_IOC_CLONE

    private readonly SafeFileHandle _file;
    private readonly int _descriptor;

    /// <summary>Surrounds a handle that another process opened; owns it from then on.</summary>
    public FuseDevice(SafeFileHandle file)
    {
        _file = file;
        _descriptor = (int)file.DangerousGetHandle();
    }

    public SafeFileHandle File => _file;

    public static FuseDevice? TryOpen(out int error)
    {
        if (Posix.TryOpen(DevicePath, Native.OpenReadWrite, out SafeFileHandle file, out error))
        {
            return new FuseDevice(file);
        }

        file.Dispose();
        return null;
    }

    /// <summary>
    /// Mounts a file system whose requests this handle will deliver. Its source is its mountpoint: a bind of one of its files then says
    /// in every listing of mounts whose it is.
    /// </summary>
    /// <param name="type">What follows "fuse." in the type.</param>
    /// <param name="mountpoint">An existing directory.</param>
    /// <returns>0, or the error number.</returns>
    public int Mount(string type, string mountpoint)
    {
        // allow_other: tools of other users see the tree; default_permissions: the kernel checks modes, as it does for sysfs.
        string data = $"fd={_file.DangerousGetHandle()},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions";
        ulong flags = Native.MountNoSuid | Native.MountNoDevices | Native.MountNoExec;
        return Native.Mount(mountpoint, mountpoint, $"fuse.{type}", flags, data) is 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Another handle of the same connection, so that two workers do not wait for one lock.</summary>
    public FuseDevice? TryClone(out int error)
    {
        FuseDevice? clone = TryOpen(out error);
        int master = (int)_file.DangerousGetHandle();
        if (clone is not null && Native.Control(clone._file, CloneRequest, &master) is not 0)
        {
            error = Marshal.GetLastPInvokeError();
            clone.Dispose();
            clone = null;
        }

        return clone;
    }

    /// <summary>Whether a request waits to be read.</summary>
    public bool HasRequest => Posix.IsReadable(_file);

    /// <summary>Waits for one request.</summary>
    /// <returns>Its length, or the negative error number.</returns>
    public int Receive(Span<byte> buffer) => Posix.Read(_descriptor, buffer);

    /// <summary>Sends one reply. It must go to the handle that delivered the request.</summary>
    /// <returns>0, or the error number.</returns>
    public int Send(ReadOnlySpan<byte> reply)
    {
        int count = Posix.Write(_file, reply);
        return count < 0 ? -count : 0;
    }

    /// <summary>Removes the mount from this namespace, at once even while files are open.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Unmount(string mountpoint)
    {
        if (Native.Unmount(mountpoint, 0) is 0 || Native.Unmount(mountpoint, Native.UnmountDetach) is 0)
        {
            return 0;
        }

        return Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Ends a connection that outlives its mount, because files are open or another namespace copied the mount. Every
    /// waiting caller gets an error at once.
    /// </summary>
    public static bool TryAbort(uint connection)
    {
        using DetachedMount? control = DetachedMount.TryOpen("fusectl", out _);
        if (control is null || !Posix.TryOpen($"{control.Root}/{connection}/abort", 1 /* O_WRONLY */, out SafeFileHandle file, out _))
        {
            return false;
        }

        using (file)
        {
            return Posix.Write(file, "1"u8) > 0;
        }
    }

    public void Dispose() => _file.Dispose();
}
