using System.Collections.Immutable;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding.Tables;

namespace Fleet.Pci.Decoding;

/// <summary>
/// Turns an image into registers and fields with names. The knowledge is in the tables (one file per capability);
/// this only applies them. Never throws for what an image or a list contains: both may come from an agent.
/// </summary>
public static class ConfigDecoder
{
    /// <summary>Decodes the header, first, and every capability of the list, in its order.</summary>
    public static ImmutableArray<DecodedBlock> Decode(ConfigImage image, CapabilityList list)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(list);
        ImmutableArray<DecodedBlock>.Builder blocks = ImmutableArray.CreateBuilder<DecodedBlock>(list.Items.Length + 1);
        blocks.Add(DecodeHeader(image));
        foreach (Capability capability in list.Items)
        {
            int length = Math.Clamp(capability.Length, 0, ConfigImage.ExtendedSize);
            IReadOnlyList<Register> registers = TableIndex.Find(capability, image);
            blocks.Add(new DecodedBlock(capability.Offset, capability.Name, length, Apply(registers, image, capability.Offset, length)));
        }

        return blocks.MoveToImmutable();
    }

    private static DecodedBlock DecodeHeader(ConfigImage image)
    {
        int type = ConfigHeader.TypeOf(image);
        (string name, IReadOnlyList<Register> registers) = type switch
        {
            ConfigHeader.Endpoint => ("Type 0 header", HeaderTables.Endpoint),
            ConfigHeader.Bridge => ("Type 1 header", HeaderTables.Bridge),
            ConfigHeader.CardBus => ("CardBus header", HeaderTables.CardBus),
            _ => ("Header", HeaderTables.Common),
        };
        int length = type is ConfigHeader.CardBus ? 0x48 : ConfigHeader.Size;
        int addresses = type switch { ConfigHeader.Endpoint => 6, ConfigHeader.Bridge => 2, _ => 0 };
        return new DecodedBlock(0, name, length, BaseAddresses.Pair(Apply(registers, image, 0, length), addresses));
    }

    /// <summary>Registers past the known length do not exist in this version of the capability; a table is in order of offset.</summary>
    private static ImmutableArray<DecodedRegisterValue> Apply(IReadOnlyList<Register> registers, ConfigImage image, int offset, int length)
    {
        ImmutableArray<DecodedRegisterValue>.Builder values = ImmutableArray.CreateBuilder<DecodedRegisterValue>();
        for (int i = 0; i < registers.Count && registers[i].Offset < length; i++)
        {
            if (registers[i].Offset + registers[i].Width <= length)
            {
                values.Add(registers[i].Decode(image, offset));
            }
        }

        return values.DrainToImmutable();
    }
}
