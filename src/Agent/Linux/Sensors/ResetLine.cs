using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>
/// A line of trace_pipe that tells of a function's reset, such as <c>… pcifleet_reset: (pci_reset_function+0x0/0x110) dev="0000:0d:00.0"</c>.
/// The thread's name in front may hold anything, so a line is read from behind.
/// </summary>
internal static class ResetLine
{
    private const string Mark = $": {ProbeLines.ResetName}: (";
    private const string DeviceMark = " dev=\"";

    public static bool TryParse(string text, out PciAddress function)
    {
        function = default;
        int mark = text.LastIndexOf(Mark, StringComparison.Ordinal);
        int device = text.LastIndexOf(DeviceMark, StringComparison.Ordinal);
        return mark > 0 && device > mark && PciAddress.TryParse(text[(device + DeviceMark.Length)..].TrimEnd('"'), out function);
    }
}
