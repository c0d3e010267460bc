using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// The ways by which configuration space or a mailbox can be reached around the broker on this machine: looked for where that is
/// possible, and named where nobody can look.
/// </summary>
internal static class BypassPaths
{
    private const int MostShown = 10;

    /// <param name="facts">The host's facts, with what its sensors say of themselves.</param>
    /// <param name="holders">Who has files open.</param>
    /// <param name="pciRoot">The agent's own view of the bus.</param>
    public static IReadOnlyList<BypassPath> Find(
        HostFacts facts, IReadOnlyList<Holder> holders, string pciRoot)
    {
        Sight sight = new(
            facts.Sensors.FirstOrDefault(s => s.Name is "kprobe") is { Works: true } kprobe ? kprobe : null,
            facts.Sensors.Any(s => s is { Name: "fanotify", Works: true }),
            facts.Sensors.Any(s => s is { Name: "holders", Works: true }),
            facts.Lockdown is not (Lockdown.None or Lockdown.Unknown));
        IReadOnlyList<SysfsMount> mounts = SysfsMounts.Find(Posix.DeviceOf(pciRoot)?.Minor);
        return
        [
            PlainFiles(facts, sight),
            OtherMounts(mounts, sight),
            OtherNetworks(mounts, sight),
            ProcFiles(facts, sight),
            OpenFiles(holders, sight),
            Windows(holders, sight),
            Vfio(holders, sight),
            Memory(facts, holders, sight),
            new BypassPath(
                "kernel", BypassPath.Watched, "Drivers and the kernel's core use mailboxes by themselves; each mailbox's owner says where, and the kernel's log says what went wrong.", []),
            new BypassPath(
                "firmware", BypassPath.Open, "System firmware, a BMC over MCTP and firmware on the device reach it without the host's knowledge: nothing on the host can see them.", []),
        ];
    }

    private static BypassPath PlainFiles(HostFacts facts, Sight sight) => facts.Intercept is "bind"
        ? new BypassPath("config files", BypassPath.Closed, "The broker is bound over the config files of this mount namespace.", [])
        : new BypassPath(
            "config files", sight.OfSysfs, $"The intercept is '{facts.Intercept}': plain lspci and setpci go to the kernel's own files (--intercept bind puts the broker over them).", []);

    private static BypassPath OtherMounts(IReadOnlyList<SysfsMount> mounts, Sight sight)
    {
        SysfsMount[] others = [.. mounts.Where(m => m.SameFiles && !m.Bound && !(m.OwnNamespace && m.Mountpoint is "/sys"))];
        return new BypassPath(
            "other sysfs mounts", sight.OfSysfs,
            others.Length is 0 ? "None now; whoever may mount can make one." : $"Mounts of sysfs without the broker over them: {others.Length}.",
            Shown(others));
    }

    // Their files have inodes of their own, on which no mark of fanotify sits.
    private static BypassPath OtherNetworks(IReadOnlyList<SysfsMount> mounts, Sight sight)
    {
        SysfsMount[] others = [.. mounts.Where(m => !m.SameFiles && !m.Bound)];
        return new BypassPath(
            "sysfs of other network namespaces", sight.Kprobe is null ? BypassPath.Open : BypassPath.Watched,
            others.Length is 0 ? "None now; containers with a network of their own may have one." : $"Mounts of another sysfs: {others.Length}; only the kernel probes see what goes through them.",
            Shown(others));
    }

    private static BypassPath ProcFiles(HostFacts facts, Sight sight) => facts.Intercept is "bind"
        ? new BypassPath("/proc/bus/pci", BypassPath.Closed, "The broker is bound over its files.", [])
        : new BypassPath(
            "/proc/bus/pci", sight.Kprobe is { Why: "" } ? BypassPath.Watched : BypassPath.Open,
            sight.Kprobe is { Why: "" } ? "The kernel probes see it." : "No sensor that works here sees accesses by way of /proc.", []);

    private static BypassPath OpenFiles(IReadOnlyList<Holder> holders, Sight sight)
    {
        Holder[] files = [.. holders.Where(h => h.Kind is HolderKind.Config or HolderKind.ProcConfig)];
        return new BypassPath(
            "files opened before", sight.Holders ? sight.OfSysfs : BypassPath.Unknown,
            files.Length is 0 ? "Nobody has a raw config file open." : $"Raw config files that are open: {files.Length}; they lead to the kernel whatever is bound over them now.",
            Shown(files));
    }

    private static BypassPath Windows(IReadOnlyList<Holder> holders, Sight sight)
    {
        Holder[] windows = [.. holders.Where(h => h.Kind is HolderKind.Resource)];
        string detail = sight.LockedDown
            ? "Kernel lockdown refuses them."
            : $"A mapped base address window reaches the device's registers, on some devices its configuration too; no sensor sees what goes through it. Open now: {windows.Length}.";
        return new BypassPath("base address windows", sight.LockedDown ? BypassPath.Closed : BypassPath.Open, detail, Shown(windows));
    }

    private static BypassPath Vfio(IReadOnlyList<Holder> holders, Sight sight)
    {
        Holder[] machines = [.. holders.Where(h => h.Kind is HolderKind.Vfio)];
        return new BypassPath(
            "virtual machines", sight.Holders ? BypassPath.Open : BypassPath.Unknown,
            machines.Length is 0
                ? "Nobody has a VFIO device open."
                : $"VFIO files that are open: {machines.Length}; their devices belong to virtual machines or user-space drivers, and the broker leaves their mailboxes alone.",
            Shown(machines));
    }

    private static BypassPath Memory(HostFacts facts, IReadOnlyList<Holder> holders, Sight sight)
    {
        Holder[] open = [.. holders.Where(h => h.Kind is HolderKind.Memory)];
        bool? strict = KernelConfig.IsSet("CONFIG_IO_STRICT_DEVMEM", facts.Kernel);
        string detail = sight.LockedDown
            ? "Kernel lockdown refuses /dev/mem and I/O ports."
            : $"Root reaches configuration space by I/O ports and by ECAM in /dev/mem; no sensor sees it.{(strict is true ? " CONFIG_IO_STRICT_DEVMEM keeps /dev/mem off what drivers use." : "")}";
        return new BypassPath("memory and ports", sight.LockedDown ? BypassPath.Closed : BypassPath.Open, detail, Shown(open));
    }

    private static string[] Shown(SysfsMount[] mounts) =>
        [.. mounts.Take(MostShown).Select(mount => mount.ToString()), .. More(mounts.Length)];

    private static string[] Shown(Holder[] holders) =>
        [.. holders.Take(MostShown).Select(Line), .. More(holders.Length)];

    private static string Line(Holder holder) => string.Create(
        CultureInfo.InvariantCulture,
        $"{holder.Caller.Comm} (pid {holder.Caller.Pid}, uid {holder.Caller.Uid}) has {holder.Path} open{(holder.Writable ? " for writing" : "")}");

    private static string[] More(int count) => count > MostShown ? [$"and {count - MostShown} more"] : [];

    /// <summary>What sees here.</summary>
    private sealed record Sight(SensorReport? Kprobe, bool Fanotify, bool Holders, bool LockedDown)
    {
        public string OfSysfs => Kprobe is not null || Fanotify ? BypassPath.Watched : BypassPath.Open;
    }
}
