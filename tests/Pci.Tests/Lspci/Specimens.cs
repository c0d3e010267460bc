namespace Fleet.Pci.Tests.Lspci;

/// <summary>Every capability whose registers lspci 3.9 shows, in each of its layouts.</summary>
internal static class Specimens
{
    private const uint Cxl = 0x1e98;

    private static readonly Specimen[] Conventional =
    [
        new("pm", 0x01, 0, 0x08),
        new("agp", 0x02, 0, 0x0c, (0, 0x00ff_0000, 0x0035_0000)),
        new("vpd", 0x03, 0, 0x04),
        new("slotid", 0x04, 0, 0x04),
        new("msi", 0x05, 0, 0x0c, (0, 0x0180_0000, 0)),
        new("msi", 0x05, 0, 0x18, (0, 0x0180_0000, 0x0180_0000)),
        new("pcix", 0x07, 0, 0x08),
        new("pcix-bridge", 0x07, 0, 0x10) { Bridge = true },
        new("ht-primary", 0x08, 0, 0x1c, (0, 0xe000_0000, 0), (0x0c, 0xff, 0x25)),
        new("ht-secondary", 0x08, 0, 0x18, (0, 0xe000_0000, 0x2000_0000), (0x08, 0xff, 0x25), (0x0c, 0x100, 0x100)),
        new("ht-msi", 0x08, 0, 0x0c, (0, 0xfa00_0000, 0xa800_0000), (0, 0x0002_0000, 0)),
        new("ht-revision", 0x08, 0, 0x04, (0, 0xf800_0000, 0x8800_0000)),
        new("vendor", 0x09, 0, 0x04),
        new("virtio", 0x09, 0, 0x14, (0, 0xffff_0000, 0x0214_0000)) { Vendor = 0x1af4 },
        new("dbg", 0x0a, 0, 0x04),
        new("ssvid", 0x0d, 0, 0x08) { Bridge = true },
        .. Express(),
        new("msix", 0x11, 0, 0x0c),
        new("sata", 0x12, 0, 0x08),
        new("af", 0x13, 0, 0x06, (0, 0x00ff_0000, 0x0006_0000)),
        new("ea", 0x14, 0, 0x20, (0, 0x003f_0000, 0x0001_0000), (4, 7, 4), (8, 2, 2), (12, 2, 2)),
        new("ea-bridge", 0x14, 0, 0x20, (0, 0x003f_0000, 0x0001_0000), (8, 7, 4), (12, 2, 2), (16, 2, 2)) { Bridge = true },
    ];

    private static readonly Specimen[] Extended =
    [
        new("aer", 0x01, 2, 0x2c),
        new("aer-root", 0x01, 2, 0x38) { PortType = 4 },
        new("vc", 0x02, 1, 0x28, (4, 7, 1)),
        new("dsn", 0x03, 1, 0x0c),
        new("rclink", 0x05, 1, 0x30, (4, 0xff00, 0x0200), (0x10, 2, 0), (0x20, 2, 2)),
        new("rcec", 0x07, 2, 0x0c),
        new("vsec", 0x0b, 1, 0x08),
        new("acs", 0x0d, 1, 0x08),
        new("ari", 0x0e, 1, 0x08),
        new("ats", 0x0f, 1, 0x08),
        new("sriov", 0x10, 1, 0x40),
        new("mcast", 0x12, 1, 0x28),
        new("mcast-port", 0x12, 1, 0x30) { PortType = 6, Bridge = true },
        new("pri", 0x13, 1, 0x10),
        new("rebar", 0x15, 1, 0x1c, (8, 0xe7, 0x60), (0x10, 7, 2), (0x18, 7, 4)),
        new("rebar-bar2", 0x15, 1, 0x0c, (8, 0xe7, 0x22)),
        new("vfrebar", 0x24, 1, 0x0c, (8, 0xe7, 0x20)),
        new("tph", 0x17, 1, 0x1c, (4, 0x0fff_0600, 0x0007_0200)),
        .. new uint[] { 0, 2, 3 }.Select(location => new Specimen("tph", 0x17, 1, 0x0c, (4, 0x0600, location << 9))),
        new("ltr", 0x18, 1, 0x08),
        new("secpci", 0x19, 1, 0x0c),
        new("pasid", 0x1b, 1, 0x08),
        new("dpc", 0x1d, 1, 0x0c),
        new("l1pm", 0x1e, 1, 0x10, (4, 0x5, 0x5)),
        new("ptm", 0x1f, 1, 0x0c),
        new("doe", 0x2e, 2, 0x18),
        new("dvsec", 0x23, 1, 0x0c, (4, 0xffff, 0x1234)),
        Dvsec("cxl-device", 0, 1, 0x38, (0x10, 0xe0, 0), (0x1c, 0x1cfc, 0x48), (0x2c, 0x1cfc, 0x04)),
        Dvsec("cxl-functions", 2, 0, 0x2c),
        Dvsec("cxl-port", 3, 0, 0x28),
        Dvsec("cxl-port-flush", 4, 0, 0x10),
        Dvsec("cxl-device-flush", 5, 0, 0x10),
        Dvsec("cxl-flexbus", 7, 2, 0x20),
        Dvsec("cxl-locator", 8, 0, 0x1c, (0x0c, 0xff00, 0x0100), (0x14, 0xff00, 0x0300)),
        Dvsec("cxl-mld", 9, 0, 0x10, (8, 0xfff0_0000, 0)),
    ];

    public static IReadOnlyList<Specimen> All { get; } = [.. Conventional, .. Extended];

    private static IEnumerable<Specimen> Express()
    {
        foreach (int type in new[] { 0, 1, 4, 5, 6, 7, 8, 9, 10 })
        {
            bool slot = type is 4 or 6;
            uint flags = 2 | ((uint)type << 4) | (slot ? 0x100u : 0);
            yield return new Specimen("pcie", 0x10, 0, 0x3c, (0, 0x01ff_0000, flags << 16)) { Bridge = type is >= 4 and <= 8 };
        }
    }

    private static Specimen Dvsec(string name, ushort id, byte revision, int length, params (int, uint, uint)[] more) => new(
        name, 0x23, 1, length, [(4, uint.MaxValue, Cxl | ((uint)revision << 16) | ((uint)length << 20)), (8, 0xffff, id), .. more]);
}
