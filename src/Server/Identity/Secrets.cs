using System.Security.Cryptography;
using System.Text;

namespace Fleet.Server.Identity;

/// <summary>Secrets that operators' programs and browsers show: made from the system's generator, kept as digests, compared in a time that tells nothing.</summary>
internal static class Secrets
{
    private const int Bytes = 32;

    /// <summary>A new secret: 256 random bits, in hexadecimal.</summary>
    public static string Make() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 of a secret, in hexadecimal. So many random bits need no slow hash.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool Matches(string hash, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Hash(secret)));
}
