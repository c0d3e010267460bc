using System.Text;
using Fleet.Pci;

namespace Fleet.Agent.Linux.Sensors;

/// <summary>A message of the kernel about one of its objects: "ACTION@DEVPATH", then KEY=VALUE, each ended by a zero byte.</summary>
internal readonly record struct Uevent(string Action, string Path, string Subsystem, string? Slot, string? Synthetic)
{
    private const int TextLimit = 4096;

    public static bool TryParse(ReadOnlySpan<byte> message, out Uevent uevent)
    {
        uevent = default;
        string action = "";
        string path = "";
        string subsystem = "";
        string? slot = null;
        string? synthetic = null;
        bool head = true;
        while (!message.IsEmpty)
        {
            int end = message.IndexOf((byte)0);
            ReadOnlySpan<byte> item = end < 0 ? message : message[..end];
            message = end < 0 ? default : message[(end + 1)..];
            if (item.Length > TextLimit)
            {
                return false;
            }

            string text = Encoding.UTF8.GetString(item);
            int split = text.IndexOf(head ? '@' : '=', StringComparison.Ordinal);
            if (split <= 0)
            {
                // udev's own messages have another head; they are not the kernel's.
                if (head)
                {
                    return false;
                }

                continue;
            }

            string value = text[(split + 1)..];
            switch (head ? "" : text[..split])
            {
                case "":
                    (action, path, head) = (text[..split], value, false);
                    break;
                case "SUBSYSTEM":
                    subsystem = value;
                    break;
                case "PCI_SLOT_NAME":
                    slot = value;
                    break;
                case "SYNTH_UUID":
                    synthetic = value;
                    break;
            }
        }

        uevent = new Uevent(action, path, subsystem, slot, synthetic);
        return !head;
    }

    /// <summary>What it means for the functions of the host; null when nothing.</summary>
    public HardwareChange? ToChange()
    {
        // A security manager that comes or is ready may own mailboxes of any function.
        if (Subsystem is "tsm")
        {
            return new HardwareChange(HardwareChangeKind.Overrun, null);
        }

        if (Subsystem is not "pci" || !PciAddress.TryParse(Slot ?? Path[(Path.LastIndexOf('/') + 1)..], out PciAddress address))
        {
            return null;
        }

        HardwareChangeKind kind = Action switch
        {
            "add" => HardwareChangeKind.Added,
            "remove" => HardwareChangeKind.Removed,
            "bind" => HardwareChangeKind.Bound,
            "unbind" => HardwareChangeKind.Unbound,
            _ => HardwareChangeKind.Changed,
        };
        return new HardwareChange(kind, address);
    }
}
