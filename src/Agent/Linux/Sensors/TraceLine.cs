using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// One hit of a probe, from a line of trace_pipe such as
/// <c>setpci-121 [000] ..... 7.243273: pcifleet_write: (pci_write_config+0x0/0x260) dev="0000:0d:00.0" off=0x198 count=4 uid=0</c>.
/// The thread's name in front is whatever a process gave itself (15 bytes, also spaces, dashes and ends of lines), so a line is read from behind.
/// </summary>
internal readonly record struct TraceLine(int Tid, string Comm, PciAddress Function, AccessOperation Operation, int Offset, int Length, uint? Uid, bool Proc)
{
    private const int NameLimit = 15;
    private const int Space = 4096;

    private static readonly (string Mark, AccessOperation Operation, bool Proc)[] Probes =
    [
        ($": {ProbeLines.ReadName}: (", AccessOperation.Read, false), ($": {ProbeLines.WriteName}: (", AccessOperation.Write, false),
        ($": {ProbeLines.ProcReadName}: (", AccessOperation.Read, true), ($": {ProbeLines.ProcWriteName}: (", AccessOperation.Write, true),
    ];

    public static bool TryParse(string text, out TraceLine line)
    {
        line = default;
        foreach ((string mark, AccessOperation operation, bool proc) in Probes)
        {
            // What follows the mark is the kernel's alone; what stands before it may hold anything, even a mark.
            int at = text.LastIndexOf(mark, StringComparison.Ordinal);
            if (at > 0)
            {
                return TryHead(text.AsSpan(0, at), out int tid, out string comm)
                    && TryTail(text.AsSpan(at + mark.Length), tid, comm, operation, proc, out line);
            }
        }

        return false;
    }

    // "NAME-TID [CPU] FLAGS TIME", and with record-tgid "(TGID)" before the CPU.
    private static bool TryHead(ReadOnlySpan<char> head, out int tid, out string comm)
    {
        tid = 0;
        comm = "";
        int cpu = head.LastIndexOf('[');
        if (cpu < 0)
        {
            return false;
        }

        ReadOnlySpan<char> thread = head[..cpu].TrimEnd();
        if (thread.EndsWith(")"))
        {
            int group = thread.LastIndexOf('(');
            thread = group < 0 ? thread : thread[..group].TrimEnd();
        }

        int dash = thread.LastIndexOf('-');
        if (dash < 0 || !int.TryParse(thread[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out tid) || tid <= 0)
        {
            return false;
        }

        ReadOnlySpan<char> name = thread[..dash].TrimStart();
        comm = name.Length > NameLimit ? name[^NameLimit..].ToString() : name.ToString();
        return true;
    }

    private static bool TryTail(
        ReadOnlySpan<char> tail, int tid, string comm, AccessOperation operation, bool proc, out TraceLine line)
    {
        line = default;
        string? device = null;
        string? bus = null;
        string? slot = null;
        ulong? offset = null;
        ulong? count = null;
        uint? uid = null;
        foreach (Range range in tail.Split(' '))
        {
            ReadOnlySpan<char> item = tail[range];
            int equals = item.IndexOf('=');
            if (equals <= 0)
            {
                continue;
            }

            ReadOnlySpan<char> value = item[(equals + 1)..].Trim('"');
            switch (item[..equals])
            {
                case "dev":
                    device = value.ToString();
                    break;
                case "bus":
                    bus = value.ToString();
                    break;
                case "slot":
                    slot = value.ToString();
                    break;
                case "off":
                    offset = Number(value);
                    break;
                case "count":
                    count = Number(value);
                    break;
                case "uid":
                    uid = (uint?)Number(value);
                    break;
            }
        }

        // /proc leaves the domain out where there is one only.
        string? address = !proc ? device : bus is null ? null : bus.Contains(':', StringComparison.Ordinal) ? $"{bus}:{slot}" : $"0000:{bus}:{slot}";
        if (!PciAddress.TryParse(address, out PciAddress function) || offset is not < Space || count is null)
        {
            return false;
        }

        // The kernel cuts an access at the end of the space; the probe sees what was asked for.
        int length = (int)Math.Min(count.Value, Space - offset.Value);
        line = new TraceLine(tid, comm, function, operation, (int)offset.Value, length, uid, proc);
        return true;
    }

    private static ulong? Number(ReadOnlySpan<char> text) =>
        text.StartsWith("0x")
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : null
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
}
