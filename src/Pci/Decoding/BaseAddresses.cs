using System.Collections.Immutable;

namespace Fleet.Pci.Decoding;

/// <summary>
/// Base address registers in pairs: a 64-bit one takes the next register as its upper half, which then has no
/// fields of its own (PCI Express Base, section 7.5.1.2.1).
/// </summary>
internal static class BaseAddresses
{
    private const int First = 0x10;

    public static ImmutableArray<DecodedRegisterValue> Pair(ImmutableArray<DecodedRegisterValue> registers, int count)
    {
        ImmutableArray<DecodedRegisterValue>.Builder paired = registers.ToBuilder();
        int start = registers.ToList().FindIndex(register => register.Offset == First);
        for (int index = 0; start >= 0 && index < count - 1; index++)
        {
            if (registers[start + index].Value is { } value && IsWide(value))
            {
                index++;
                paired[start + index] = registers[start + index] with { Name = $"Base address {index - 1}, upper half", Fields = [] };
            }
        }

        return paired.MoveToImmutable();
    }

    private static bool IsWide(ulong register) => (register & 0b111) == 0b100;
}
