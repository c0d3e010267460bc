using Fleet.Pci.Capabilities;

namespace Fleet.Pci.Decoding;

/// <summary>Finds the table of a capability.</summary>
internal static class TableIndex
{
    public static IReadOnlyList<Register> Find(Capability capability, ConfigImage image) => [];
}
