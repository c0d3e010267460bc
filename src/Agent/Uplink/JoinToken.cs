using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Fleet.Agent.Uplink;

/// <summary>A join token: a secret for the server, and the hash by which the agent knows the server. Never printed whole.</summary>
internal sealed record JoinToken(string Secret, string AuthorityHash)
{
    private const string Prefix = "fleetjoin_";
    private const int HashDigits = 64;

    /// <summary>Parses "fleetjoin_SECRET.SHA256HEX".</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out JoinToken? token)
    {
        token = null;
        text = text?.Trim();
        if (text is null || text.Length > 512 || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        int dot = text.LastIndexOf('.');
        string hash = dot < 0 ? "" : text[(dot + 1)..].ToLowerInvariant();
        if (dot <= Prefix.Length || hash.Length != HashDigits
            || !BigInteger.TryParse(hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        token = new JoinToken(text[Prefix.Length..dot], hash);
        return true;
    }

    public override string ToString() => $"{Prefix}***.{AuthorityHash}";
}
