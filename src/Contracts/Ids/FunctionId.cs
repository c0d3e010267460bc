using System.Diagnostics.CodeAnalysis;
using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>A PCI function on a host. Written HOST-DDDD-BB-DD.F, which needs no escaping in a URL.</summary>
/// <param name="Host">The host.</param>
/// <param name="Address">The function's address on that host.</param>
public readonly record struct FunctionId(HostId Host, PciAddress Address) : IParsable<FunctionId>
{
    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out FunctionId id)
    {
        id = default;
        if (text is null || text.Length < 33 || text[32] != '-'
            || !HostId.TryParse(text[..32], out HostId host)
            || !PciAddress.TryParse(text[33..].Replace('-', ':'), out PciAddress address))
        {
            return false;
        }

        id = new FunctionId(host, address);
        return true;
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is not a function id.</exception>
    public static FunctionId Parse(string text) =>
        TryParse(text, out FunctionId id) ? id : throw new FormatException($"'{text}' is not a function id (HOST-DDDD-BB-DD.F).");

    static FunctionId IParsable<FunctionId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<FunctionId>.TryParse(string? s, IFormatProvider? provider, out FunctionId result) => TryParse(s, out result);

    /// <summary>HOST-DDDD-BB-DD.F.</summary>
    public override string ToString() => $"{Host}-{Address.ToString().Replace(':', '-')}";
}
