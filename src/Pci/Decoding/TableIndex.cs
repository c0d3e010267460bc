using System.Collections.Frozen;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding.Tables;
using Fleet.Pci.Decoding.Tables.Conventional;
using Fleet.Pci.Decoding.Tables.Express;
using Fleet.Pci.Decoding.Tables.RootComplex;

namespace Fleet.Pci.Decoding;

/// <summary>Finds the table of a capability. A capability without one is shown with its header alone.</summary>
internal static class TableIndex
{
    private const ushort ComputeExpressLink = 0x1e98;

    private static readonly Register ConventionalHeader = new(
        0x00, 2, "Header", new("id", 7, 0, Meanings.Hex), new("next", 15, 8, Meanings.Hex));

    private static readonly Register ExtendedHeader = new(
        0x00, 4, "Extended header", new("id", 15, 0, Meanings.Hex), new("version", 19, 16), new("next", 31, 20, Meanings.Hex));

    private static readonly FrozenDictionary<int, Register[]> Fixed = new (ushort Id, bool Extended, Register[] Table)[]
    {
        (0x01, false, PowerManagementTable.Registers),
        (0x02, false, AgpTable.Registers),
        (0x03, false, VitalProductDataTable.Registers),
        (0x04, false, SmallTables.SlotIdentification),
        (0x06, false, SmallTables.HotSwap),
        (0x09, false, VendorSpecificTables.Conventional),
        (0x0a, false, SmallTables.DebugPort),
        (0x0d, false, SubsystemTable.Registers),
        (0x0e, false, AgpTable.Registers),
        (0x11, false, MsiXTable.Registers),
        (0x12, false, SmallTables.SerialAta),
        (0x13, false, AdvancedFeaturesTable.Registers),
        (0x15, false, FlatteningPortalTable.Registers),
        (0x01, true, ErrorReportingTable.Registers),
        (0x02, true, VirtualChannelTable.Registers),
        (0x03, true, SerialNumberTable.Registers),
        (0x04, true, PowerTables.Budgeting),
        (0x05, true, RootComplexTables.LinkDeclaration),
        (0x06, true, RootComplexTables.InternalLink),
        (0x07, true, RootComplexTables.EventCollector),
        (0x08, true, VirtualChannelTable.Registers),
        (0x09, true, VirtualChannelTable.Registers),
        (0x0a, true, RootComplexTables.RegisterBlock),
        (0x0b, true, VendorSpecificTables.Extended),
        (0x0d, true, AccessControlTable.Registers),
        (0x0e, true, RoutingIdTable.Registers),
        (0x0f, true, AddressTranslationTables.Translation),
        (0x10, true, RootVirtualizationTable.Registers),
        (0x12, true, MulticastTable.Registers),
        (0x13, true, AddressTranslationTables.PageRequest),
        (0x15, true, ResizableBarTable.Registers),
        (0x16, true, PowerTables.DynamicAllocation),
        (0x17, true, ProcessingHintsTable.Registers),
        (0x18, true, LatencyToleranceTable.Registers),
        (0x19, true, LinkFeatureTables.SecondaryPciExpress),
        (0x1b, true, AddressTranslationTables.ProcessSpace),
        (0x1d, true, PortContainmentTable.Registers),
        (0x1e, true, LinkSubstatesTable.Registers),
        (0x1f, true, TimeMeasurementTable.Registers),
        (0x21, true, ReadinessTables.StatusQueue),
        (0x22, true, ReadinessTables.TimeReporting),
        (0x23, true, VendorSpecificTables.Designated),
        (0x24, true, ResizableBarTable.Registers),
        (0x25, true, LinkFeatureTables.DataLinkFeature),
        (0x26, true, LinkFeatureTables.PhysicalLayer16),
        (0x27, true, LinkFeatureTables.LaneMargining),
        (0x29, true, EnclosureTable.Registers),
        (0x2a, true, LinkFeatureTables.PhysicalLayer32),
        (0x2b, true, LinkFeatureTables.AlternateProtocol),
        (CapabilityIds.DataObjectExchange, true, DataObjectExchangeTable.Registers),
        (0x2f, true, ReadinessTables.Device3),
        (0x30, true, EncryptionTable.Registers),
        (0x31, true, LinkFeatureTables.PhysicalLayer64),
    }.ToFrozenDictionary(entry => Key(entry.Id, entry.Extended), entry => WithHeader(entry.Extended, entry.Table));

    private static readonly FrozenDictionary<int, Register[]> Msi =
        Enumerable.Range(0, 4).ToFrozenDictionary(
            layout => layout, layout => WithHeader(false, MsiTable.Layout((layout & 1) != 0, (layout & 2) != 0)));

    private static readonly FrozenDictionary<int, Register[]> Express =
        Enumerable.Range(0, 0x20).Select(layout => layout << 4).ToFrozenDictionary(
            flags => flags, flags => WithHeader(false, PciExpressTable.For((ushort)flags)));

    private static readonly FrozenDictionary<ushort, Register[]> Cxl =
        Enumerable.Range(0, 0x10).ToFrozenDictionary(
            id => (ushort)id, id => WithHeader(true, [.. VendorSpecificTables.Designated, .. CxlTables.For((ushort)id)]));

    private static readonly Register[] PciXFunction = WithHeader(false, PciXTables.Function);
    private static readonly Register[] PciXBridge = WithHeader(false, PciXTables.Bridge);
    private static readonly Register[] LinkPrimary = WithHeader(false, HyperTransportTables.Primary);
    private static readonly Register[] LinkSecondary = WithHeader(false, HyperTransportTables.Secondary);
    private static readonly Register[] LinkMessages = WithHeader(false, HyperTransportTables.MessageMapping);
    private static readonly Register[] LinkOther = WithHeader(false, HyperTransportTables.Other);
    private static readonly Register[] Virtio = WithHeader(false, VirtioTable.Registers);
    private static readonly Register[] UnknownConventional = [ConventionalHeader];
    private static readonly Register[] UnknownExtended = [ExtendedHeader];

    /// <summary>Every table there is, for tests that check the data itself.</summary>
    public static IEnumerable<Register[]> All =>
    [
        .. Fixed.Values, .. Msi.Values, .. Express.Values, .. Cxl.Values, HeaderTables.Endpoint, HeaderTables.Bridge, HeaderTables.CardBus,
        PciXFunction, PciXBridge, LinkPrimary, LinkSecondary, LinkMessages, LinkOther, Virtio,
    ];

    /// <summary>Its registers by rising offset; those past its length do not exist in it.</summary>
    public static IReadOnlyList<Register> Find(Capability capability, ConfigImage image)
    {
        // The flags are in the upper half of the header dword, which says more about the layout than the id alone.
        ushort flags = image.TryRead16(capability.Offset + 2, out ushort value) ? value : (ushort)0;
        return (capability.Id, capability.Extended) switch
        {
            (0x05, false) => Msi[((flags >> 7) & 1) | ((flags >> 7) & 2)],
            (0x07, false) => ConfigHeader.TypeOf(image) is ConfigHeader.Bridge ? PciXBridge : PciXFunction,
            (0x08, false) => (flags >> 13) switch { 0 => LinkPrimary, 1 => LinkSecondary, _ => (flags >> 11) is 0x15 ? LinkMessages : LinkOther },
            (0x09, false) when VirtioTable.Has(image) => Virtio,
            (CapabilityIds.PciExpress, false) => Express[flags & PciExpressTable.LayoutMask],
            (0x14, false) => [ConventionalHeader, .. EnhancedAllocationTable.For(image, capability.Offset, capability.Length)],
            (0x23, true) when Designated(capability, image) is { } id => Cxl[id],
            _ => Fixed.GetValueOrDefault(Key(capability.Id, capability.Extended)) ?? (capability.Extended ? UnknownExtended : UnknownConventional),
        };
    }

    /// <summary>The id of a designated vendor-specific capability of CXL; null for another vendor's or an id nobody has assigned.</summary>
    private static ushort? Designated(Capability capability, ConfigImage image) =>
        image.TryRead16(capability.Offset + 4, out ushort vendor) && vendor is ComputeExpressLink
        && image.TryRead16(capability.Offset + 8, out ushort id) && Cxl.ContainsKey(id) ? id : null;

    private static int Key(ushort id, bool extended) => id | (extended ? 1 << 16 : 0);

    private static Register[] WithHeader(bool extended, Register[] table) =>
        [extended ? ExtendedHeader : ConventionalHeader, .. table.OrderBy(register => register.Offset)];
}
