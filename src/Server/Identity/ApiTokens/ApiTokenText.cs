using System.Diagnostics.CodeAnalysis;

namespace Fleet.Server.Identity.ApiTokens;

/// <summary>
/// An API token as its bearer has it: pft_ID_SECRET, ID of 32 and SECRET of 64 hexadecimal digits, so that who scans repositories and logs finds one that
/// leaked (pft_[0-9a-f]{32}_[0-9a-f]{64}) and knows which to revoke.
/// </summary>
internal static class ApiTokenText
{
    public const string Prefix = "pft_";
    private const int IdLength = 32;
    private const int SecretLength = 64;

    public static string Write(string id, string secret) => $"{Prefix}{id}_{secret}";

    public static bool LooksLikeOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    public static bool TryRead(string text, [NotNullWhen(true)] out string? id, [NotNullWhen(true)] out string? secret)
    {
        (id, secret) = (null, null);
        if (!LooksLikeOne(text) || text.Length != Prefix.Length + IdLength + 1 + SecretLength || text[Prefix.Length + IdLength] is not '_')
        {
            return false;
        }

        string first = text.Substring(Prefix.Length, IdLength);
        string second = text[(Prefix.Length + IdLength + 1)..];
        if (!first.All(char.IsAsciiHexDigitLower) || !second.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        (id, secret) = (first, second);
        return true;
    }
}
