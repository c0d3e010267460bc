using System.Collections.Frozen;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding.Tables;
using Fleet.Pci.Decoding.Tables.Express;

namespace Fleet.Pci.Decoding;

/// <summary>Finds the table of a capability. A capability without one is shown with its header alone.</summary>
internal static class TableIndex
{
    private static readonly Register ConventionalHeader = new(
        0x00, 2, "Header", new("id", 7, 0, Meanings.Hex), new("next", 15, 8, Meanings.Hex));

    private static readonly Register ExtendedHeader = new(
        0x00, 4, "Extended header", new("id", 15, 0, Meanings.Hex), new("version", 19, 16), new("next", 31, 20, Meanings.Hex));

    private static readonly FrozenDictionary<int, Register[]> Fixed = new (ushort Id, bool Extended, Register[] Table)[]
    {
        (0x01, false, PowerManagementTable.Registers),
        (0x03, false, VitalProductDataTable.Registers),
        (0x09, false, VendorSpecificTables.Conventional),
        (0x0d, false, SubsystemTable.Registers),
        (0x11, false, MsiXTable.Registers),
        (0x13, false, AdvancedFeaturesTable.Registers),
        (0x01, true, ErrorReportingTable.Registers),
        (0x03, true, SerialNumberTable.Registers),
        (0x0b, true, VendorSpecificTables.Extended),
        (0x0d, true, AccessControlTable.Registers),
        (0x0e, true, RoutingIdTable.Registers),
        (0x0f, true, AddressTranslationTables.Translation),
        (0x10, true, RootVirtualizationTable.Registers),
        (0x13, true, AddressTranslationTables.PageRequest),
        (0x15, true, ResizableBarTable.Registers),
        (0x18, true, LatencyToleranceTable.Registers),
        (0x19, true, LinkFeatureTables.SecondaryPciExpress),
        (0x1b, true, AddressTranslationTables.ProcessSpace),
        (0x1d, true, PortContainmentTable.Registers),
        (0x1e, true, LinkSubstatesTable.Registers),
        (0x1f, true, TimeMeasurementTable.Registers),
        (0x23, true, VendorSpecificTables.Designated),
        (0x24, true, ResizableBarTable.Registers),
        (0x25, true, LinkFeatureTables.DataLinkFeature),
        (0x26, true, LinkFeatureTables.PhysicalLayer16),
        (CapabilityIds.DataObjectExchange, true, DataObjectExchangeTable.Registers),
    }.ToFrozenDictionary(entry => Key(entry.Id, entry.Extended), entry => WithHeader(entry.Extended, entry.Table));

    private static readonly FrozenDictionary<int, Register[]> Msi =
        Enumerable.Range(0, 4).ToFrozenDictionary(
            layout => layout, layout => WithHeader(false, MsiTable.Layout((layout & 1) != 0, (layout & 2) != 0)));

    private static readonly Register[] UnknownConventional = [ConventionalHeader];
    private static readonly Register[] UnknownExtended = [ExtendedHeader];

    /// <summary>Every table there is, for tests that check the data itself.</summary>
    public static IEnumerable<Register[]> All =>
        [.. Fixed.Values, .. Msi.Values, HeaderTables.Endpoint, HeaderTables.Bridge, HeaderTables.CardBus, PciExpressTable.For(0x0142)];

    public static IReadOnlyList<Register> Find(Capability capability, ConfigImage image)
    {
        // The flags are in the upper half of the header dword, which says more about the layout than the id alone.
        ushort flags = image.TryRead16(capability.Offset + 2, out ushort value) ? value : (ushort)0;
        switch (capability.Id, capability.Extended)
        {
            case (0x05, false):
                return Msi[((flags >> 7) & 1) | ((flags >> 7) & 2)];
            case (CapabilityIds.PciExpress, false):
                return [ConventionalHeader, .. PciExpressTable.For(flags)];
            default:
                return Fixed.GetValueOrDefault(Key(capability.Id, capability.Extended))
                    ?? (capability.Extended ? UnknownExtended : UnknownConventional);
        }
    }

    private static int Key(ushort id, bool extended) => id | (extended ? 1 << 16 : 0);

    private static Register[] WithHeader(bool extended, Register[] table) => [extended ? ExtendedHeader : ConventionalHeader, .. table];
}
