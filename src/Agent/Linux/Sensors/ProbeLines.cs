using System.Globalization;
using System.Runtime.InteropServices;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// The probes as tracefs wants them written. The functions' argument positions have been the same for as long as sysfs has these
/// files; the kobject's first member is its name, which is the function's address.
/// </summary>
/// <param name="Read">Offset of a sysfs read.</param>
/// <param name="Write">Offset of a sysfs write.</param>
/// <param name="ProcRead">A read by way of /proc/bus/pci; null when the function's address cannot be had there.</param>
/// <param name="ProcWrite">A write by way of /proc/bus/pci.</param>
/// <param name="Reset">A reset that somebody asked for; null when the function's address cannot be had there.</param>
internal sealed record ProbeLines(string Read, string Write, string? ProcRead, string? ProcWrite, string? Reset)
{
    public const string Group = "pcifleet";
    public const string ReadName = "pcifleet_read";
    public const string WriteName = "pcifleet_write";
    public const string ProcReadName = "pcifleet_proc_read";
    public const string ProcWriteName = "pcifleet_proc_write";
    public const string ResetName = "pcifleet_reset";

    /// <summary>Every name.</summary>
    public static readonly string[] Names = [ReadName, WriteName, ProcReadName, ProcWriteName, ResetName];

    private static readonly string[] Registers64 = ["%di", "%si", "%dx", "%cx", "%r8", "%r9"];
    private static readonly string[] RegistersArm = ["%x0", "%x1", "%x2", "%x3", "%x4", "%x5"];

    /// <summary>The lines, in the order of the constructor.</summary>
    public IEnumerable<string> All => new[] { Read, Write, ProcRead, ProcWrite, Reset }.OfType<string>();

    /// <summary>Writes them.</summary>
    /// <param name="types">Where members are; without, the user and the /proc files' functions are not seen.</param>
    /// <param name="registers">Name arguments by register: for a kernel that refuses $argN.</param>
    /// <param name="architecture">The machine's.</param>
    public static ProbeLines Compose(KernelTypes? types, bool registers, Architecture architecture)
    {
        string[]? names = !registers ? null : architecture is Architecture.Arm64 ? RegistersArm : Registers64;
        string Argument(int number) => names is null ? $"$arg{number}" : names[number - 1];

        string user = types?.OffsetOf("file", "f_cred") is { } credentials && types.OffsetOf("cred", "euid") is { } id
            ? string.Create(CultureInfo.InvariantCulture, $" uid=+{id}(+{credentials}({Argument(1)})):u32")
            : "";
        string sysfs = $"dev=+0(+0({Argument(2)})):string off={Argument(5)}:x64 count={Argument(6)}:u64{user}";
        string? file = ProcFile(types, Argument(1));
        string? proc = file is null ? null : $"{file} off=+0({Argument(4)}):x64 count={Argument(3)}:u64{user}";
        return new ProbeLines(
            $"p:{Group}/{ReadName} pci_read_config {sysfs}",
            $"p:{Group}/{WriteName} pci_write_config {sysfs}",
            proc is null ? null : $"p:{Group}/{ProcReadName} proc_bus_pci_read {proc}",
            proc is null ? null : $"p:{Group}/{ProcWriteName} proc_bus_pci_write {proc}",
            Device(types, Argument(1)) is { } device ? $"p:{Group}/{ResetName} pci_reset_function dev={device}:string" : null);
    }

    // The name of a struct pci_dev.
    private static string? Device(KernelTypes? types, string device) =>
        types?.OffsetOf("pci_dev", "dev") is { } inner && types.OffsetOf("device", "kobj") is { } part && types.OffsetOf("kobject", "name") is { } name
            ? string.Create(CultureInfo.InvariantCulture, $"+0(+{inner + part + name}({device}))")
            : null;

    // /proc/bus/pci/BUS/SLOT: the file's name and its directory's.
    private static string? ProcFile(KernelTypes? types, string file)
    {
        if (types?.OffsetOf("file", "f_path") is not { } path || types.OffsetOf("path", "dentry") is not { } entry
            || types.OffsetOf("dentry", "d_name") is not { } name || types.OffsetOf("qstr", "name") is not { } text
            || types.OffsetOf("dentry", "d_parent") is not { } parent)
        {
            return null;
        }

        string dentry = string.Create(CultureInfo.InvariantCulture, $"+{path + entry}({file})");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"bus=+0(+{name + text}(+{parent}({dentry}))):string slot=+0(+{name + text}({dentry})):string");
    }
}
