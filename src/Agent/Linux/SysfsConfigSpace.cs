using Fleet.Pci;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Linux;

/// <summary>
/// A function's configuration space behind its sysfs file: one system call an access, so that sysfs makes the same cycles as for
/// the caller itself. All ones are what the cycle gave and are passed on; a device that was unplugged is <see cref="ConfigStatus.Gone"/>
/// until the same device is back at the same place.
/// </summary>
internal sealed class SysfsConfigSpace : IConfigSpace, IDisposable
{
    private readonly string _directory;
    private readonly ConfigWrites _writes;
    private readonly string? _identity;
    private readonly Lock _reopening = new();
    private volatile SafeFileHandle _file;
    private bool _disposed;

    private SysfsConfigSpace(string directory, PciAddress address, SafeFileHandle file, int size, ConfigWrites writes)
    {
        Address = address;
        _directory = directory;
        _file = file;
        Size = size;
        _writes = writes;
        _identity = ReadIdentity(directory);
    }

    public PciAddress Address { get; }

    public int Size { get; }

    // The kernel answers this from memory; config itself would resume the function first.
    public bool IsAsleep => SysfsFunction.IsAsleep(_directory);

    /// <summary>Opens PCIROOT/devices/ADDRESS/config.</summary>
    public static SysfsConfigSpace? TryOpen(string pciRoot, PciAddress address, ConfigWrites writes, out int error)
    {
        string directory = $"{pciRoot}/devices/{address}";
        if (!TryOpenFile(directory, writes, out SafeFileHandle file, out error))
        {
            file.Dispose();
            return null;
        }

        if (!Posix.TryStat($"{directory}/config", follow: true, out FileStatus status))
        {
            file.Dispose();
            error = Errno.NoDevice;
            return null;
        }

        return new SysfsConfigSpace(directory, address, file, status.Size > 256 ? 4096 : 256, writes);
    }

    public ConfigResult Read(int offset, Span<byte> destination)
    {
        if (offset < 0 || offset >= Size)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        Span<byte> asked = destination[..Math.Min(destination.Length, Size - offset)];
        SafeFileHandle file = _file;
        int count = Posix.ReadAt(file, offset, asked);
        if (count is -Errno.NoDevice && TryReopen(file))
        {
            count = Posix.ReadAt(_file, offset, asked);
        }

        return count < 0 ? ConfigResult.Failed(ToStatus(-count)) : ConfigResult.Done(count);
    }

    public ConfigResult Write(int offset, ReadOnlySpan<byte> source)
    {
        if (_writes is not ConfigWrites.Allowed)
        {
            return ConfigResult.Failed(_writes is ConfigWrites.Denied ? ConfigStatus.Denied : ConfigStatus.ReadOnly);
        }

        if (offset < 0 || source.Length > Size - offset)
        {
            return ConfigResult.Failed(ConfigStatus.OutOfRange);
        }

        SafeFileHandle file = _file;
        int count = Posix.WriteAt(file, offset, source);
        if (count is -Errno.NoDevice && TryReopen(file))
        {
            count = Posix.WriteAt(_file, offset, source);
        }

        return count < 0 ? ConfigResult.Failed(ToStatus(-count)) : ConfigResult.Done(count);
    }

    public void Dispose()
    {
        lock (_reopening)
        {
            _disposed = true;
            _file.Dispose();
        }
    }

    private static bool TryOpenFile(string directory, ConfigWrites writes, out SafeFileHandle file, out int error) =>
        Posix.TryOpen($"{directory}/config", writes is ConfigWrites.Allowed ? Native.OpenReadWrite : Native.OpenReadOnly, out file, out error);

    // Cached by the kernel: no cycle reaches the device.
    private static string? ReadIdentity(string directory) =>
        SmallFile.TryRead($"{directory}/vendor") is { } vendor && SmallFile.TryRead($"{directory}/device") is { } device
            ? $"{vendor} {device} {SmallFile.TryRead($"{directory}/subsystem_device")} {SmallFile.TryRead($"{directory}/revision")}"
            : null;

    /// <summary>
    /// A function that was removed and found again has a new file; the old one says ENODEV for ever. Nothing of the failed access has
    /// reached a device, so it may be made again; but never at another device that took the place.
    /// </summary>
    private bool TryReopen(SafeFileHandle failed)
    {
        lock (_reopening)
        {
            if (_disposed)
            {
                return false;
            }

            if (!ReferenceEquals(_file, failed))
            {
                return true;
            }

            if (_identity is null || ReadIdentity(_directory) != _identity || !TryOpenFile(_directory, _writes, out SafeFileHandle file, out _))
            {
                return false;
            }

            _file = file;
            failed.Dispose();
            return true;
        }
    }

    private static ConfigStatus ToStatus(int error) => error switch
    {
        Errno.NoDevice or Errno.NoEntry => ConfigStatus.Gone,
        Errno.ReadOnly => ConfigStatus.ReadOnly,
        Errno.NotPermitted or Errno.Access => ConfigStatus.Denied,
        _ => ConfigStatus.Failed,
    };
}
