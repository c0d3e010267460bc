using System.Security.Cryptography;
using System.Text;
using Fleet.Server.Data;

namespace Fleet.Server.Identity;

/// <summary>The administrator's token: in admin.token, made at the first start, readable by the server's user alone.</summary>
internal sealed class AdminToken
{
    public const string File = "admin.token";
    private readonly byte[] _hash;

    private AdminToken(string token) => _hash = Hash(token);

    public static AdminToken Open(DataDirectory data)
    {
        string name = data.SharesKeys ? Path.Combine(DataDirectory.Keys, File) : File;
        if (!System.IO.File.Exists(data.PathOf(name)))
        {
            data.WriteSecret(name, $"fleetadmin_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}\n");
        }

        string token = System.IO.File.ReadAllText(data.PathOf(name)).Trim();
        if (data.SharesKeys)
        {
            data.WriteSecret(File, token + "\n"); // Where commands on this server's own directory look for it.
        }

        return new AdminToken(token);
    }

    /// <summary>Compares digests, so the time taken tells nothing of the token.</summary>
    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(_hash, Hash(token));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
