using System.Collections.Concurrent;
using Fleet.Agent.Linux.Sensors;
using Fleet.Agent.Sensors;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux;

/// <summary>
/// The host this process runs on. The room: DetachedMount gives a sysfs of our own, SysfsFunction and HostReader read
/// what the kernel has cached, SysfsConfigSpace is one function's configuration space, MailboxOwnership says who drives a
/// mailbox, UeventListener tells of changes, CallerReader tells who calls.
/// </summary>
internal sealed class LinuxHardware : IHardware, IDisposable
{
    private const string SharedSysfs = "/sys";
    private const int PublicSize = 64;

    private readonly TimeProvider _time;
    private readonly ChangeFeed _changes = new();
    private readonly DetachedMount? _sysfs;
    private readonly SysfsFunction _functions;
    private readonly KernelSight _kernel;
    private readonly SettlingTime _settling;
    private readonly UeventListener _uevents;
    private readonly List<string> _reduced = [];
    private readonly ConcurrentDictionary<PciAddress, DateTimeOffset> _resets = [];
    private HolderSensor? _holders;

    public LinuxHardware(LinuxHardwareOptions options, TimeProvider time)
    {
        _time = time;
        _kernel = KernelSight.Read(options.ReadOnly);
        _settling = new SettlingTime(address => _changes.Publish(new HardwareChange(HardwareChangeKind.Changed, address)), time);
        _uevents = new UeventListener(Tell, time);
        if (options.PciRoot is null)
        {
            _uevents.Listen();
            _sysfs = DetachedMount.TryOpen("sysfs", out int error);
            if (_sysfs is null)
            {
                _reduced.Add($"No sysfs of its own can be mounted ({Posix.Describe(error)}):"
                    + $" the agent reads {SharedSysfs}, where mounts over it could deceive it.");
            }
        }

        PciRoot = options.PciRoot ?? $"{_sysfs?.Root ?? SharedSysfs}/bus/pci";
        _functions = new SysfsFunction(PciRoot, PciIds.Load(options.PciIdsPath));
        if (!Environment.IsPrivilegedProcess)
        {
            _reduced.Add(
                $"The agent does not run as root: the kernel shows it the first {PublicSize} bytes of each configuration space only, without capabilities.");
        }
    }

    public string PciRoot { get; }

    public IReadOnlyList<string> ConfigPaths(PciAddress address)
    {
        if (_sysfs is null)
        {
            return [$"{PciRoot}/devices/{address}/config"];
        }

        string devices = $"{SharedSysfs}/bus/pci/devices";
        string bus = address.Domain is 0 ? $"{address.Bus:x2}" : $"{address.Domain:x4}:{address.Bus:x2}";
        string process = $"/proc/bus/pci/{bus}/{address.Device:x2}.{address.Function}";
        return Posix.ReadLink($"{devices}/{address}") is string link ? [$"{Path.GetFullPath(link, devices)}/config", process] : [process];
    }

    public Func<TimeSpan> SinceBoot => BootClock.Now;

    public HostFacts ReadFacts() => HostReader.Read(_kernel, _reduced);

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

    public FunctionFacts ReadFunction(PciAddress address, FunctionFacts? known)
    {
        FunctionFacts cached = _functions.ReadCached(address) with { ResetAt = _resets.TryGetValue(address, out DateTimeOffset reset) ? reset : null };
        bool asleep = _functions.IsAsleep(address);
        if (asleep)
        {
            // When it wakes up the kernel may restore it: until that is done, hands off.
            _settling.Begin(address);
        }

        MailboxOwnership ownership = Decide(cached, asleep);
        if (known is { Config.Count: > 0 } && IsSameDevice(known, cached) && (asleep || known.Driver == cached.Driver))
        {
            return Carry(known, cached, ownership);
        }

        if (asleep)
        {
            return WithNote(
                cached, "Its configuration space was not read: the function is powered off (D3cold), and a read would wake it.");
        }

        using SysfsConfigSpace? space = SysfsConfigSpace.TryOpen(PciRoot, address, ConfigWrites.ReadOnly, out int error);
        if (space is null)
        {
            return WithNote(cached, $"Its configuration space cannot be opened: {Posix.Describe(error)}.");
        }

        return IsLimited(space) ? ReadHeader(cached, space) : FunctionReading.Complete(cached, space, ownership.Describe);
    }

    public IConfigSpace Open(PciAddress address)
    {
        ConfigWrites writes = _kernel.ReadOnly ? ConfigWrites.ReadOnly : _kernel.LockedDown ? ConfigWrites.Denied : ConfigWrites.Allowed;
        return SysfsConfigSpace.TryOpen(PciRoot, address, writes, out int error)
            ?? throw new DirectoryNotFoundException($"The configuration space of {address} cannot be opened: {Posix.Describe(error)}.");
    }

    public IAsyncEnumerable<HardwareChange> Changes(CancellationToken ct) => _changes.ReadAsync(ct);

    public IReadOnlyList<ISensor> CreateSensors(SensorContext context)
    {
        IReadOnlyList<PciAddress> functions = Addresses();
        TrialAccess trial = Trial(functions);
        KprobeSensor kprobe = new(trial, new KnownCallers(context.Hashes), TellReset, _time);
        _holders = new HolderSensor(trial, new HolderScan(context.Hashes), _time);
        return
        [
            _uevents,
            kprobe,
            new FanotifySensor(trial, functions, _changes, new KnownCallers(context.Hashes), () => kprobe.Works, _time),
            new KernelLogSensor(new KnownCallers(context.Hashes), context, _time),
            new TaintSensor(context, _time),
            _holders,
        ];
    }

    public ISensor CreateGuard(SensorContext context, Func<PciAddress, bool> denies)
    {
        IReadOnlyList<PciAddress> functions = Addresses();
        return new GuardSensor(Trial(functions), functions, _changes, context.Hashes, denies, _time);
    }

    public IReadOnlyList<BypassPath> FindBypassPaths(HostFacts facts) =>
        BypassPaths.Find(facts, _holders?.Look() ?? [], PciRoot);

    public void Dispose()
    {
        _uevents.Dispose();
        _settling.Dispose();
        _sysfs?.Dispose();
    }

    private TrialAccess Trial(IReadOnlyList<PciAddress> functions) =>
        new(PciRoot, functions.Where(address => !_functions.IsAsleep(address)).Cast<PciAddress?>().FirstOrDefault());

    private void Tell(HardwareChange change)
    {
        if (change is { Kind: HardwareChangeKind.Added, Address: { } added })
        {
            _settling.Begin(added);
        }
        else if (change is { Kind: HardwareChangeKind.Removed, Address: { } removed })
        {
            _settling.Forget(removed);
            _resets.TryRemove(removed, out _);
        }

        _changes.Publish(change);
    }

    /// <summary>Takes in that a function is being reset. What follows while it is left alone is one reset, or each would be an inventory to report.</summary>
    internal void TellReset(PciAddress address)
    {
        if (!_settling.WasReset(address))
        {
            _resets[address] = _time.GetUtcNow();
        }

        _settling.Begin(address, reset: true);
        _changes.Publish(new HardwareChange(HardwareChangeKind.Changed, address));
    }

    private static bool IsSameDevice(FunctionFacts one, FunctionFacts other) =>
        (one.VendorId, one.DeviceId, one.Revision, one.ClassCode, one.Subsystem) == (other.VendorId, other.DeviceId, other.Revision, other.ClassCode, other.Subsystem);

    private static FunctionFacts Carry(FunctionFacts known, FunctionFacts cached, MailboxOwnership ownership) => cached with
    {
        ConfigSize = known.ConfigSize,
        Capabilities = known.Capabilities,
        Findings = known.Findings,
        Mailboxes = [.. known.Mailboxes.Select(mailbox => ownership.Describe(mailbox.Offset, mailbox.State is not "unreadable"))],
        Config = known.Config,
    };

    private MailboxOwnership Decide(FunctionFacts cached, bool asleep)
    {
        bool settling = _settling.IsSettling(cached.Address);
        return MailboxOwnership.Decide(
            OwnershipSight.Read(_functions.Directory(cached.Address), cached.Driver, cached.KernelDoeFeatures, asleep, settling, _settling.WasReset(cached.Address)), _kernel);
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
