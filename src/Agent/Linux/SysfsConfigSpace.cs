using Fleet.Pci;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// A function's configuration space behind its sysfs file: one system call an access, so that sysfs makes the same
/// cycles as for the caller itself. Opened read-only unless told otherwise; then a write never reaches the kernel.
/// </summary>
internal sealed class SysfsConfigSpace : IConfigSpace, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly bool _writable;

    private SysfsConfigSpace(PciAddress address, SafeFileHandle file, int size, bool writable)
    {
        Address = address;
        _file = file;
        Size = size;
        _writable = writable;
    }

    public PciAddress Address { get; }

    public int Size { get; }

    /// <summary>Opens PCIROOT/devices/ADDRESS/config.</summary>
    public static SysfsConfigSpace? TryOpen(string pciRoot, PciAddress address, bool writable, out int error)
    {
        string path = $"{pciRoot}/devices/{address}/config";
        int flags = writable ? Native.OpenReadWrite : Native.OpenReadOnly;
        if (!Posix.TryOpen(path, flags, out SafeFileHandle file, out error))
        {
            file.Dispose();
            return null;
        }

        if (!Posix.TryStat(path, follow: true, out FileStatus status))
        {
            file.Dispose();
            error = Errno.NoDevice;
            return null;
        }

        return new SysfsConfigSpace(address, file, status.Size > 256 ? 4096 : 256, writable);
    }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        if (offset < 0 || offset >= Size)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        int count = Posix.ReadAt(_file, offset, destination[..Math.Min(destination.Length, Size - offset)]);
        return count < 0 ? ConfigResult.Failed(ToStatus(-count)) : ConfigResult.Done(count);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        if (!_writable)
        {
            return ConfigResult.Failed(ConfigStatus.ReadOnly);
        }

        if (offset < 0 || source.Length > Size - offset)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        int count = Posix.WriteAt(_file, offset, source);
        return count < 0 ? ConfigResult.Failed(ToStatus(-count)) : ConfigResult.Done(count);
    }

    public void Dispose() => _file.Dispose();

    private static ConfigStatus ToStatus(int error) => error switch
    {
        Errno.NoDevice or Errno.NoEntry => ConfigStatus.Gone,
        Errno.ReadOnly => ConfigStatus.ReadOnly,
        Errno.NotPermitted or Errno.Access => ConfigStatus.Denied,
        _ => ConfigStatus.Failed,
    };
}
