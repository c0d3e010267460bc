using System.Security.Cryptography;
using System.Text;
using Fleet.Server.Data;
using Fleet.Server.Hosting;

namespace Fleet.Server.Identity;

/// <summary>
/// The link in signin.url: signs one browser in, once, within a day. A new one is made at each start and after each use, so whoever may
/// read the data directory always has one that works.
/// </summary>
internal sealed class SignInLink(DataDirectory data, BoundAddresses addresses, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private readonly Lock _gate = new();
    private byte[]? _hash;
    private DateTimeOffset _expires;

    /// <summary>Makes a new link and writes it down; the one before is worth nothing any more.</summary>
    public string Renew()
    {
        string token = $"fleetlink_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        string url = $"{addresses.Http.GetLeftPart(UriPartial.Authority)}/signin?token={token}";
        lock (_gate)
        {
            _hash = Hash(token);
            _expires = time.GetUtcNow() + Lifetime;
            data.WriteSecret("signin.url", url + "\n");
        }

        return url;
    }

    /// <summary>Uses the link's token; true once.</summary>
    public bool TryUse(string token)
    {
        lock (_gate)
        {
            if (_hash is null || time.GetUtcNow() >= _expires || !CryptographicOperations.FixedTimeEquals(_hash, Hash(token)))
            {
                return false;
            }

            _hash = null;
        }

        Renew();
        return true;
    }

    public static bool LooksLikeOne(string token) => token.StartsWith("fleetlink_", StringComparison.Ordinal);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
