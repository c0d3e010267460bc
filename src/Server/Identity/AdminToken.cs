using Fleet.Server.Data;

namespace Fleet.Server.Identity;

/// <summary>The administrator's token: in admin.token, made at the first start, readable by the server's user alone.</summary>
internal sealed class AdminToken
{
    public const string File = "admin.token";
    private readonly string _hash;

    private AdminToken(string token) => _hash = Secrets.Hash(token);

    public static AdminToken Open(DataDirectory data)
    {
        string name = data.SharesKeys ? Path.Combine(DataDirectory.Keys, File) : File;
        if (!System.IO.File.Exists(data.PathOf(name)))
        {
            data.WriteSecret(name, $"fleetadmin_{Secrets.Make()}\n");
        }

        string token = System.IO.File.ReadAllText(data.PathOf(name)).Trim();
        if (data.SharesKeys)
        {
            data.WriteSecret(File, token + "\n"); // Where commands on this server's own directory look for it.
        }

        return new AdminToken(token);
    }

    public bool Matches(string token) => Secrets.Matches(_hash, token);
}
