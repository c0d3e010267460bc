using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Server.Data;

namespace Fleet.Server.Identity.Authority;

/// <summary>
/// The authority as it lies in pki/: ca.crt is the root, ca.key its key, which may be elsewhere; intermediate-N.crt and intermediate-N.key; authority.json
/// says which intermediate is in which state; ca.crl is the root's list of those that no agent is to believe any more. Certificates and keys are written before the entry that names them.
/// </summary>
internal sealed class AuthorityFiles(string directory)
{
    private const string RevokedLabel = "X509 CRL";
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string RootCertificate => Path.Combine(directory, "ca.crt");

    public string RootKey => Path.Combine(directory, "ca.key");

    public string RevokedList => Path.Combine(directory, "ca.crl");

    public string State => Path.Combine(directory, "authority.json");

    public bool HasRoot => File.Exists(RootCertificate);

    /// <summary>What tells one state of the files from another.</summary>
    public (DateTime Written, long Length) Stamp()
    {
        FileInfo file = new(State);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    /// <exception cref="AuthorityException">A file is missing or broken.</exception>
    public AuthoritySnapshot Read()
    {
        try
        {
            X509Certificate2 root = X509Certificate2.CreateFromPem(File.ReadAllText(RootCertificate));
            return new AuthoritySnapshot(root, [.. Entries().Select(Read)], ReadRevoked());
        }
        catch (Exception error) when (error is CryptographicException or JsonException or FileNotFoundException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"The authority in {directory} cannot be read: {error.Message} Restore it from a backup: agents obey no other.", error);
        }
    }

    public IReadOnlyList<IntermediateEntry> Entries() =>
        File.Exists(State) ? JsonSerializer.Deserialize<StateFile>(File.ReadAllText(State), Format)?.Intermediates ?? [] : [];

    public void Write(IReadOnlyList<IntermediateEntry> entries) => SecretFile.Write(State, JsonSerializer.Serialize(new StateFile(entries), Format) + "\n");

    public void WriteRoot(X509Certificate2 root, string keyFile)
    {
        // The key is written first: a crash between the two leaves no certificate, and the next start makes both anew.
        SecretFile.MakeDirectory(directory);
        SecretFile.Write(keyFile, KeyOf(root));
        SecretFile.Write(RootCertificate, root.ExportCertificatePem() + "\n");
    }

    public void WriteIntermediate(int number, X509Certificate2 certificate)
    {
        SecretFile.Write(PathOf(number, "key"), KeyOf(certificate));
        SecretFile.Write(PathOf(number, "crt"), certificate.ExportCertificatePem() + "\n");
    }

    /// <summary>Signs by the root which intermediates no agent is to believe any more; a longer list with each call.</summary>
    /// <param name="root">The root with its key.</param>
    public void WriteRevoked(X509Certificate2 root, IEnumerable<X509Certificate2> revoked, DateTimeOffset now)
    {
        BigInteger last = 0;
        CertificateRevocationListBuilder list = ReadRevoked() is { } before ? CertificateRevocationListBuilder.Load(before, out last) : new CertificateRevocationListBuilder();
        foreach (X509Certificate2 certificate in revoked)
        {
            list.RemoveEntry(certificate.SerialNumberBytes.ToArray());
            list.AddEntry(certificate, now);
        }

        byte[] der = list.Build(root, last + 1, root.NotAfter, HashAlgorithmName.SHA256, thisUpdate: now);
        SecretFile.Write(RevokedList, PemEncoding.WriteString(RevokedLabel, der) + "\n");
    }

    public void DeleteKey(int number) => File.Delete(PathOf(number, "key"));

    /// <summary>The root with its key, from pki/ or from another file.</summary>
    /// <exception cref="AuthorityException">The key is not there, or it is another's.</exception>
    public X509Certificate2 RootWithKey(string? keyFile)
    {
        string path = keyFile ?? RootKey;
        if (!File.Exists(path))
        {
            throw new AuthorityException(keyFile is null
                ? $"The root's key is not here ({RootKey}); bring it from where it is kept and give --root-key FILE."
                : $"There is no file {keyFile}; give the file with the root's key by --root-key.");
        }

        using X509Certificate2 root = X509Certificate2.CreateFromPem(File.ReadAllText(RootCertificate));
        try
        {
            using ECDsa key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(path));
            return root.CopyWithPrivateKey(key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new AuthorityException($"{path} is not the key of this root (SHA-256 {root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}): {error.Message}", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new AuthorityException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private byte[]? ReadRevoked()
    {
        if (!File.Exists(RevokedList))
        {
            return null;
        }

        string pem = File.ReadAllText(RevokedList);
        return PemEncoding.TryFind(pem, out PemFields fields) && pem[fields.Label] is RevokedLabel
            ? Convert.FromBase64String(pem[fields.Base64Data])
            : throw new CryptographicException($"{RevokedList} is no revocation list.");
    }

    private Intermediate Read(IntermediateEntry entry)
    {
        // Of a retired one only the certificate is there: it says whom to refuse.
        X509Certificate2 certificate = entry.State is IntermediateState.Retired
            ? X509Certificate2.CreateFromPem(File.ReadAllText(PathOf(entry.Number, "crt")))
            : X509Certificate2.CreateFromPemFile(PathOf(entry.Number, "crt"), PathOf(entry.Number, "key"));
        return new Intermediate(entry, certificate);
    }

    private string PathOf(int number, string kind) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"intermediate-{number}.{kind}"));

    private static string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private sealed record StateFile(IReadOnlyList<IntermediateEntry> Intermediates);
}
