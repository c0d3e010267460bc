using System.Security.Cryptography;
using Fleet.Server.Data;
using Fleet.Server.Hosting;

namespace Fleet.Server.Identity;

/// <summary>
/// The key that signs assignments. Agents pin its public half when they join and obey no other, so it is made once and never made
/// anew over one that cannot be read.
/// </summary>
internal sealed class PolicySigner : IDisposable
{
    private const string Directory = "pki";
    private const string FileName = "policy.key";
    private readonly Lock _gate = new();
    private readonly ECDsa _key;

    private PolicySigner(ECDsa key)
    {
        _key = key;
        PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Base64 of SubjectPublicKeyInfo.</summary>
    public string PublicKey { get; }

    /// <summary>Reads the key from pki/, making it on the first start.</summary>
    /// <exception cref="StartException">The file is there and is not such a key.</exception>
    public static PolicySigner Open(DataDirectory data)
    {
        string path = Path.Combine(data.Private(Directory), FileName);
        if (!File.Exists(path))
        {
            using ECDsa made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            data.WriteSecret(Path.Combine(Directory, FileName), made.ExportPkcs8PrivateKeyPem());
        }

        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? new PolicySigner(key)
                : throw new CryptographicException("It is not a P-256 key.");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new StartException(
                $"The key that signs policies, {path}, cannot be read: {error.Message} Restore it from a backup: agents that have joined obey no other key.", error);
        }
    }

    /// <summary>ECDSA P-256 with SHA-256, IEEE P1363 form.</summary>
    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        // An ECDsa instance is not for several threads at once.
        lock (_gate)
        {
            return _key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public void Dispose() => _key.Dispose();
}
