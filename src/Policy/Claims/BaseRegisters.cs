using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>Finds base address registers (PCI Express Base, section 7.5.1.2.1), both halves of the 64-bit ones.</summary>
internal static class BaseRegisters
{
    private const int First = 0x10;
    private const int Size = 4;
    private const int HeaderType = 0x0e;
    private const int MostRegisters = 6;

    /// <summary>Reads "0" to "5"; null stands for "all".</summary>
    public static bool TryNumber(string text, out int? number)
    {
        number = text is [>= '0' and <= '5'] ? text[0] - '0' : null;
        return number is not null || text is "all";
    }

    public static IEnumerable<Region> Find(FunctionFacts function, string text)
    {
        int count = Count(function);
        if (!TryNumber(text, out int? number) || number >= count)
        {
            return [];
        }

        if (number is null)
        {
            return [new Region(RegionKind.Bar, First, count * Size)];
        }

        for (int register = 0; register < count; register++)
        {
            int registers = register + 1 < count && IsWide(function, register) ? 2 : 1;
            if (number < register + registers)
            {
                return [new Region(RegionKind.Bar, First + (register * Size), registers * Size)];
            }

            register += registers - 1;
        }

        return [];
    }

    // Bits 2:1 of a memory register: 10b is 64 bits wide and takes the next register as its upper half.
    private static bool IsWide(FunctionFacts function, int register) =>
        ByteAt(function, First + (register * Size)) is { } low && (low & 0x7) is 0x4;

    // Type 1 (bridges) has two, type 2 (CardBus) one. The class says it where the header was not read.
    private static int Count(FunctionFacts function) => (ByteAt(function, HeaderType) & 0x7f) switch
    {
        0 => MostRegisters,
        1 => 2,
        2 => 1,
        _ when function.ClassCode.StartsWith("0604", StringComparison.Ordinal) => 2,
        _ when function.ClassCode.StartsWith("0607", StringComparison.Ordinal) => 1,
        _ => MostRegisters,
    };

    private static byte? ByteAt(FunctionFacts function, int offset)
    {
        foreach (ConfigRange range in function.Config)
        {
            int digit = (offset - range.Offset) * 2;
            if (digit >= 0 && digit + 2 <= range.Hex.Length
                && byte.TryParse(range.Hex.AsSpan(digit, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                return value;
            }
        }

        return null;
    }
}
