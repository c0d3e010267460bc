using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux;

/// <summary>
/// The host this process runs on. The room: DetachedMount gives a sysfs of our own, SysfsFunction and HostReader read
/// what the kernel has cached, SysfsConfigSpace is one function's configuration space, CallerReader tells who calls.
/// Functions are opened read-only: a write is answered with <see cref="ConfigStatus.ReadOnly"/>.
/// </summary>
internal sealed class LinuxHardware : IHardware, IDisposable
{
    private const string SharedSysfs = "/sys";
    private const int PublicSize = 64;

    private readonly ChangeFeed _changes = new();
    private readonly DetachedMount? _sysfs;
    private readonly SysfsFunction _functions;
    private readonly string _lockdown = Lockdown.Read();
    private readonly List<string> _reduced = [];

    public LinuxHardware(string pciIdsPath = PciIds.DefaultPath)
    {
        _sysfs = DetachedMount.TryOpen("sysfs", out int error);
        if (_sysfs is null)
        {
            _reduced.Add($"No sysfs of its own can be mounted ({Posix.Describe(error)}):"
                + $" the agent reads {SharedSysfs}, where mounts over it could deceive it.");
        }

        PciRoot = $"{_sysfs?.Root ?? SharedSysfs}/bus/pci";
        _functions = new SysfsFunction(PciRoot, PciIds.Load(pciIdsPath));
        if (!Environment.IsPrivilegedProcess)
        {
            _reduced.Add(
                $"The agent does not run as root: the kernel shows it the first {PublicSize} bytes of each configuration space only, without capabilities.");
        }
    }

    public string PciRoot { get; }

    public HostFacts ReadFacts() => HostReader.Read(_reduced);

    public IReadOnlyList<PciAddress> Addresses()
    {
        try
        {
            List<PciAddress> found = [];
            foreach (string path in Directory.EnumerateFileSystemEntries($"{PciRoot}/devices"))
            {
                if (PciAddress.TryParse(Path.GetFileName(path), out PciAddress address))
                {
                    found.Add(address);
                }
            }

            found.Sort();
            return found;
        }
        catch (DirectoryNotFoundException)
        {
            return []; // a machine without PCI has no such bus
        }
    }

    public FunctionFacts ReadFunction(PciAddress address)
    {
        FunctionFacts cached = _functions.ReadCached(address);
        if (cached.PowerState is SysfsFunction.PoweredOff)
        {
            return WithNote(
                cached, "Its configuration space was not read: the function is powered off (D3cold), and a read would wake it.");
        }

        using SysfsConfigSpace? space = SysfsConfigSpace.TryOpen(PciRoot, address, writable: false, out int error);
        if (space is null)
        {
            return WithNote(cached, $"Its configuration space cannot be opened: {Posix.Describe(error)}.");
        }

        return IsLimited(space) ? ReadHeader(cached, space) : ReadWhole(cached, space);
    }

    public IConfigSpace Open(PciAddress address) =>
        SysfsConfigSpace.TryOpen(PciRoot, address, writable: false, out int error)
        ?? throw new DirectoryNotFoundException($"The configuration space of {address} cannot be opened: {Posix.Describe(error)}.");

    public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => _changes.ReadAsync(ct);

    public void Dispose() => _sysfs?.Dispose();

    private FunctionFacts ReadWhole(FunctionFacts cached, SysfsConfigSpace space)
    {
        MailboxOwnership ownership = MailboxOwnership.Decide(_functions.Directory(cached.Address), cached.Driver, _lockdown);
        return FunctionReading.Complete(cached, space, ownership.Describe);
    }

    private static FunctionFacts ReadHeader(FunctionFacts cached, SysfsConfigSpace space)
    {
        Span<byte> bytes = stackalloc byte[PublicSize];
        ConfigImage image = new(space.Size);
        for (int offset = 0; offset < PublicSize; offset += 4)
        {
            if (space.Read(offset, bytes.Slice(offset, 4)) is { Status: ConfigStatus.Done, Count: 4 })
            {
                image.Store(offset, bytes.Slice(offset, 4));
            }
        }

        return WithNote(cached, $"Only the first {PublicSize} bytes are readable without root: its capabilities are not known.") with
        {
            Config = FunctionReading.Ranges(image),
        };
    }

    // sysfs ends the file early for an opener without CAP_SYS_ADMIN, whatever its size says.
    private static bool IsLimited(SysfsConfigSpace space)
    {
        Span<byte> probe = stackalloc byte[4];
        return space.Read(PublicSize, probe) is { Status: ConfigStatus.Done, Count: 0 };
    }

    private static FunctionFacts WithNote(FunctionFacts facts, string note) => facts with { Findings = [.. facts.Findings, note] };
}
