namespace Fleet.Pci;

/// <summary>Places and values of the configuration header (PCI Local Bus, section 6.1; PCI Express Base, section 7.5.1).</summary>
internal static class ConfigHeader
{
    public const int Size = 0x40;
    public const int CommandStatus = 0x04;
    public const int TypeDword = 0x0c;
    public const int CapabilityPointer = 0x34;
    public const int CardBusCapabilityPointer = 0x14;
    public const uint CapabilityListBit = 1u << 20;

    public const int Endpoint = 0;
    public const int Bridge = 1;
    public const int CardBus = 2;

    /// <summary>Header layout out of the dword at 0x0c; bit 7 of the type byte only says "multi-function".</summary>
    public static int TypeOf(uint typeDword) => (int)(typeDword >> 16) & 0x7f;

    /// <summary>Header layout, or -1 when it was not read.</summary>
    public static int TypeOf(ConfigImage image) => image.TryRead32(TypeDword, out uint dword) ? TypeOf(dword) : -1;
}
