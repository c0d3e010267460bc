using System.Diagnostics.CodeAnalysis;

namespace Fleet.Contracts;

/// <summary>A host and its agent, given by the server when the agent joined. Written as 32 hexadecimal digits.</summary>
/// <param name="Value">The identifier; a version 7 UUID.</param>
public readonly record struct HostId(Guid Value) : IParsable<HostId>
{
    /// <summary>Reads 32 hexadecimal digits (dashes are tolerated).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out HostId id)
    {
        bool ok = Guid.TryParse(text, out Guid value);
        id = new HostId(value);
        return ok;
    }

    /// <summary>Reads 32 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not a host id.</exception>
    public static HostId Parse(string text) => TryParse(text, out HostId id) ? id : throw new FormatException($"'{text}' is not a host id.");

    static HostId IParsable<HostId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<HostId>.TryParse(string? s, IFormatProvider? provider, out HostId result) => TryParse(s, out result);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("N");
}
