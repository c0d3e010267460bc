using System.Security.Cryptography;
using System.Text;
using Fleet.Server.Data;
using Fleet.Server.Hosting;

namespace Fleet.Server.Identity;

/// <summary>
/// The key that all servers of a cell have and their database has not: it encrypts what they keep there and nobody who reads the database may use, such as
/// the keys behind cookies. AES-256-GCM, a fresh nonce each time, the name of what is encrypted bound to it.
/// </summary>
internal sealed class CellKey
{
    private const string FileName = "cell.key";
    private const int KeyBytes = 32;
    private readonly byte[] _key;

    private CellKey(byte[] key) => _key = key;

    /// <summary>Reads the key beside the authority's, making it on the first start.</summary>
    /// <exception cref="StartException">The file is there and is no such key.</exception>
    public static CellKey Open(DataDirectory data)
    {
        string name = Path.Combine(DataDirectory.Keys, FileName);
        data.Private(DataDirectory.Keys);
        if (!File.Exists(data.PathOf(name)))
        {
            data.WriteSecret(name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n");
        }

        byte[] key = new byte[KeyBytes];
        return Convert.TryFromBase64String(File.ReadAllText(data.PathOf(name)).Trim(), key, out int read) && read is KeyBytes
            ? new CellKey(key)
            : throw new StartException($"The cell's key, {data.PathOf(name)}, is not {KeyBytes} bytes in base64. Take the file from another server of the same database, or from a backup.");
    }

    public string Encrypt(string text, string purpose)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        byte[] nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        byte[] secret = new byte[plain.Length];
        byte[] tag = new byte[AesGcm.TagByteSizes.MaxSize];
        using AesGcm aes = new(_key, tag.Length);
        aes.Encrypt(nonce, plain, secret, tag, Encoding.UTF8.GetBytes(purpose));
        return Convert.ToBase64String([.. nonce, .. tag, .. secret]);
    }

    /// <exception cref="CryptographicException">It was encrypted by another key, for another purpose, or was changed since.</exception>
    public string Decrypt(string text, string purpose)
    {
        byte[] all = Convert.FromBase64String(text);
        int nonce = AesGcm.NonceByteSizes.MaxSize;
        int tag = AesGcm.TagByteSizes.MaxSize;
        if (all.Length < nonce + tag)
        {
            throw new CryptographicException($"What is stored for '{purpose}' is too short to be anything encrypted.");
        }

        byte[] plain = new byte[all.Length - nonce - tag];
        using AesGcm aes = new(_key, tag);
        aes.Decrypt(all.AsSpan(0, nonce), all.AsSpan(nonce + tag), all.AsSpan(nonce, tag), plain, Encoding.UTF8.GetBytes(purpose));
        return Encoding.UTF8.GetString(plain);
    }
}
