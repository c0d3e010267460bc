using System.Globalization;
using System.Text;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>One record of /dev/kmsg: "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,caller=T7];TEXT", then lines " KEY=VALUE" (Documentation/ABI/testing/dev-kmsg).</summary>
/// <param name="FromKernel">False for what a program wrote into the log: the kernel never lets it pass for its own.</param>
/// <param name="Sequence">Its number; a gap is what was lost.</param>
/// <param name="Text">The message.</param>
/// <param name="Function">The function it is about (DEVICE=+pci:…), which the text may name otherwise.</param>
/// <param name="Tid">The thread that made the kernel say it, where the kernel tells.</param>
internal readonly record struct KernelMessage(bool FromKernel, ulong Sequence, string Text, PciAddress? Function, int? Tid)
{
    private const string Device = " DEVICE=+pci:";
    private const string CallerField = "caller=T";
    private const int FacilityShift = 3;

    public static bool TryParse(ReadOnlySpan<byte> record, out KernelMessage message)
    {
        message = default;
        string text = Encoding.UTF8.GetString(record);
        int semicolon = text.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0)
        {
            return false;
        }

        string[] fields = text[..semicolon].Split(',');
        if (fields.Length < 4
            || !uint.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint priority)
            || !ulong.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong sequence))
        {
            return false;
        }

        string[] lines = text[(semicolon + 1)..].Split('\n');
        PciAddress? function = null;
        foreach (string line in lines.Skip(1))
        {
            if (line.StartsWith(Device, StringComparison.Ordinal) && PciAddress.TryParse(line[Device.Length..].TrimEnd(), out PciAddress address))
            {
                function = address;
            }
        }

        int? tid = fields.Skip(4).Where(field => field.StartsWith(CallerField, StringComparison.Ordinal))
            .Select(field => int.TryParse(field.AsSpan(CallerField.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : (int?)null)
            .FirstOrDefault();
        message = new KernelMessage(priority >> FacilityShift is 0, sequence, lines[0], function, tid);
        return true;
    }
}
