using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Agent.Linux;

/// <summary>Reads the facts of the host this process runs on.</summary>
internal static class HostReader
{
    private static readonly string[] MachineIdPlaces =
        ["/etc/machine-id", "/var/lib/dbus/machine-id", "/sys/class/dmi/id/product_uuid"];

    /// <summary>Reads them.</summary>
    /// <param name="sight">What does not change while the kernel runs, but for lockdown.</param>
    /// <param name="reduced">What the caller already found not to work, one sentence each.</param>
    public static HostFacts Read(KernelSight sight, IEnumerable<string> reduced)
    {
        KernelName kernel = KernelName.Read();
        string lockdown = Lockdown.Read();
        string? machineId = MachineIdPlaces.Select(SmallFile.TryRead).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        List<string> sentences = [.. reduced];
        if (lockdown is Lockdown.Unknown)
        {
            sentences.Add(
                "The kernel's lockdown level cannot be read (no securityfs): whether config writes would be refused is not known.");
        }
        else if (lockdown is not Lockdown.None)
        {
            sentences.Add($"Kernel lockdown is '{lockdown}': the kernel refuses config writes from user space, so this host can be observed only.");
        }

        if (machineId is null)
        {
            sentences.Add("The host has no machine id (/etc/machine-id is empty or missing): a clone of it cannot be told from it.");
        }

        return new HostFacts
        {
            Name = kernel.Node,
            MachineId = machineId ?? HostFacts.NoMachineId,
            BootId = SmallFile.TryRead("/proc/sys/kernel/random/boot_id") ?? "unknown",
            Kernel = kernel.Release,
            Architecture = kernel.Machine,
            Lockdown = lockdown,
            Tainted = ReadTaint(),
            KernelDoe = sight.Doe,
            SecurityManagers = SecurityManagers(),
            AgentVersion = typeof(HostReader).Assembly.GetName().Version?.ToString(3) ?? "unknown",
            Intercept = "none",
            Mode = EnforcementMode.Observe,
            Reduced = sentences,
        };
    }

    private static string[] SecurityManagers()
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries("/sys/class/tsm").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // The class is there only while a manager is registered.
        }
    }

    private static long? ReadTaint() =>
        long.TryParse(SmallFile.TryRead("/proc/sys/kernel/tainted"), NumberStyles.None, CultureInfo.InvariantCulture, out long bits)
            ? bits
            : null;
}
