using System.Collections.Frozen;
using System.Globalization;

namespace Fleet.Pci.Capabilities;

/// <summary>
/// Names of the capabilities of the PCI Code and ID Assignment, close to what lspci prints, with short names for
/// policies and the command line.
/// </summary>
public static class CapabilityNames
{
    private static readonly FrozenDictionary<ushort, (string Short, string Name)> Conventional = new (ushort, string, string)[]
    {
        (0x00, "null", "Null"),
        (0x01, "pm", "Power Management"),
        (0x02, "agp", "AGP"),
        (0x03, "vpd", "Vital Product Data"),
        (0x04, "slotid", "Slot ID"),
        (0x05, "msi", "MSI"),
        (0x06, "chswp", "CompactPCI hot-swap"),
        (0x07, "pcix", "PCI-X"),
        (0x08, "ht", "HyperTransport"),
        (0x09, "vendor", "Vendor Specific Information"),
        (0x0a, "dbg", "Debug port"),
        (0x0b, "ccrc", "CompactPCI central resource control"),
        (0x0c, "hotplug", "Hot-plug capable"),
        (0x0d, "ssvid", "Subsystem"),
        (0x0e, "agp3", "AGP3"),
        (0x0f, "secure", "Secure device"),
        (0x10, "pcie", "PCI Express"),
        (0x11, "msix", "MSI-X"),
        (0x12, "sata", "SATA HBA"),
        (0x13, "af", "PCI Advanced Features"),
        (0x14, "ea", "Enhanced Allocation"),
        (0x15, "fpb", "Flattening Portal Bridge"),
    }.ToFrozenDictionary(entry => entry.Item1, entry => (entry.Item2, entry.Item3));

    private static readonly FrozenDictionary<ushort, (string Short, string Name)> Extended = new (ushort, string, string)[]
    {
        (0x00, "null", "Null"),
        (0x01, "aer", "Advanced Error Reporting"),
        (0x02, "vc", "Virtual Channel"),
        (0x03, "dsn", "Device Serial Number"),
        (0x04, "pb", "Power Budgeting"),
        (0x05, "rclink", "Root Complex Link Declaration"),
        (0x06, "rcilink", "Root Complex Internal Link Control"),
        (0x07, "rcec", "Root Complex Event Collector Endpoint Association"),
        (0x08, "mfvc", "Multi-Function Virtual Channel"),
        (0x09, "vc2", "Virtual Channel"), // The id of a Virtual Channel beside an MFVC capability.
        (0x0a, "rcrb", "Root Complex Register Block Header"),
        (0x0b, "vsec", "Vendor Specific Information"),
        (0x0c, "cac", "Configuration Access Correlation"),
        (0x0d, "acs", "Access Control Services"),
        (0x0e, "ari", "Alternative Routing-ID Interpretation (ARI)"),
        (0x0f, "ats", "Address Translation Service (ATS)"),
        (0x10, "sriov", "Single Root I/O Virtualization (SR-IOV)"),
        (0x11, "mriov", "Multi-Root I/O Virtualization (MR-IOV)"),
        (0x12, "mcast", "Multicast"),
        (0x13, "pri", "Page Request Interface (PRI)"),
        (0x14, "amd", "Reserved for AMD"),
        (0x15, "rebar", "Physical Resizable BAR"),
        (0x16, "dpa", "Dynamic Power Allocation"),
        (0x17, "tph", "Transaction Processing Hints"),
        (0x18, "ltr", "Latency Tolerance Reporting"),
        (0x19, "secpci", "Secondary PCI Express"),
        (0x1a, "pmux", "Protocol Multiplexing"),
        (0x1b, "pasid", "Process Address Space ID (PASID)"),
        (0x1c, "lnr", "LN Requester"),
        (0x1d, "dpc", "Downstream Port Containment"),
        (0x1e, "l1pm", "L1 PM Substates"),
        (0x1f, "ptm", "Precision Time Measurement"),
        (0x20, "mpcie", "PCI Express over M-PHY"),
        (0x21, "frs", "FRS Queueing"),
        (0x22, "rtr", "Readiness Time Reporting"),
        (0x23, "dvsec", "Designated Vendor-Specific"),
        (0x24, "vfrebar", "Virtual Resizable BAR"),
        (0x25, "dlnk", "Data Link Feature"),
        (0x26, "phy16", "Physical Layer 16.0 GT/s"),
        (0x27, "lmr", "Lane Margining at the Receiver"),
        (0x28, "hierid", "Hierarchy ID"),
        (0x29, "npem", "Native PCIe Enclosure Management"),
        (0x2a, "phy32", "Physical Layer 32.0 GT/s"),
        (0x2b, "ap", "Alternate Protocol"),
        (0x2c, "sfi", "System Firmware Intermediary"),
        (0x2d, "shadow", "Shadow Functions"),
        (0x2e, "doe", "Data Object Exchange"),
        (0x2f, "dev3", "Device 3"),
        (0x30, "ide", "Integrity & Data Encryption"),
        (0x31, "phy64", "Physical Layer 64.0 GT/s"),
        (0x32, "flitlog", "Flit Logging"),
        (0x33, "flitperf", "Flit Performance Measurement"),
        (0x34, "fliterr", "Flit Error Injection"),
        (0x35, "svc", "Streamlined Virtual Channel"),
        (0x36, "mrbl", "MMIO Register Block Locator"),
        (0x37, "nopflit", "NOP Flit"),
        (0x38, "siov", "Scalable I/O Virtualization (SIOV)"),
        (0x39, "phy128", "Physical Layer 128.0 GT/s"),
    }.ToFrozenDictionary(entry => entry.Item1, entry => (entry.Item2, entry.Item3));

    private static readonly FrozenDictionary<string, ushort> ConventionalByShort = Invert(Conventional);
    private static readonly FrozenDictionary<string, ushort> ExtendedByShort = Invert(Extended);

    /// <summary>The name of a capability; "Capability 0x16" for an id nobody has assigned.</summary>
    public static string Of(ushort id, bool extended) =>
        Table(extended).TryGetValue(id, out (string Short, string Name) entry)
            ? entry.Name
            : string.Create(CultureInfo.InvariantCulture, $"{(extended ? "Extended capability" : "Capability")} 0x{id:x2}");

    /// <summary>The short name of a capability ("pcie"); null for an id nobody has assigned.</summary>
    public static string? ShortOf(ushort id, bool extended) =>
        Table(extended).TryGetValue(id, out (string Short, string Name) entry) ? entry.Short : null;

    /// <summary>Finds a conventional capability by its short name ("pm", "msi", "msix", "pcie"). Case does not matter.</summary>
    public static bool TryFind(string shortName, out ushort id) => ConventionalByShort.TryGetValue(shortName, out id);

    /// <summary>Finds an extended capability by its short name ("aer", "doe", "sriov"). Case does not matter.</summary>
    public static bool TryFindExtended(string shortName, out ushort id) => ExtendedByShort.TryGetValue(shortName, out id);

    private static FrozenDictionary<ushort, (string Short, string Name)> Table(bool extended) => extended ? Extended : Conventional;

    private static FrozenDictionary<string, ushort> Invert(FrozenDictionary<ushort, (string Short, string Name)> table) =>
        table.ToFrozenDictionary(pair => pair.Value.Short, pair => pair.Key, StringComparer.OrdinalIgnoreCase);
}
