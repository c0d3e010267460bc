using Fleet.Pci.Doe;

namespace Fleet.Pci.Decoding.Tables;

/// <summary>Data Object Exchange (PCI Express Base, section 7.9.24), the bits of revision 2 included.</summary>
internal static class DataObjectExchangeTable
{
    public static readonly Register[] Registers =
    [
        new(DoeRegisters.Capabilities, 4, "Capabilities",
            new("interrupt support", 0), new("interrupt message", 11, 1), new("attention mechanism support", 12),
            new("async message support", 13)),
        new(DoeRegisters.Control, 4, "Control",
            new("abort", 0), new("interrupt enable", 1), new("attention not needed", 2), new("async message enable", 3), new("go", 31)),
        new(DoeRegisters.Status, 4, "Status",
            new("busy", 0), new("interrupt", 1), new("error", 2), new("async message", 3), new("at attention", 4), new("ready", 31)),
        new(DoeRegisters.WriteData, 4, "Write data"),
        new(DoeRegisters.ReadData, 4, "Read data"),
    ];
}
