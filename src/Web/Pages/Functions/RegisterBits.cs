using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Web.Pages.Functions;

/// <summary>The bits of a register, from the highest down.</summary>
public static class RegisterBits
{
    /// <summary>One entry a bit; empty when the register was never read or has no fields to show.</summary>
    public static IReadOnlyList<Bit> Of(DecodedRegister register)
    {
        ArgumentNullException.ThrowIfNull(register);
        int count = register.Width * 8;
        if (register.Fields.Count is 0 || count is < 8 or > 32
            || !ulong.TryParse(register.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value))
        {
            return [];
        }

        Bit[] bits = new Bit[count];
        for (int i = 0; i < count; i++)
        {
            int number = count - 1 - i;
            bits[i] = new Bit(number, ((value >> number) & 1) is 1, register.Fields.Any(f => f.High >= number && f.Low <= number));
        }

        return bits;
    }

    /// <summary>One bit.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Set">Its value.</param>
    /// <param name="Named">Whether a field covers it.</param>
    public readonly record struct Bit(int Number, bool Set, bool Named);
}
