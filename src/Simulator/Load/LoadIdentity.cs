using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>What one host is after it joined. Bytes only: handles are opened for a handshake and closed after it.</summary>
/// <param name="Host">The id that the server gave it.</param>
/// <param name="Key">Its private key, PKCS#8.</param>
/// <param name="Certificate">Its certificate, DER.</param>
/// <param name="Authority">The server's root, one object for the fleet.</param>
/// <param name="Intermediates">What stands between the two, one object for the fleet.</param>
/// <param name="PolicyKey">The key that signed assignments when it joined, base64 of SubjectPublicKeyInfo; one object for the fleet.</param>
internal sealed record LoadIdentity(
    HostId Host, byte[] Key, byte[] Certificate, X509Certificate2 Authority, X509Certificate2Collection Intermediates, string PolicyKey)
{
    public X509Certificate2 OpenCertificate()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Key, out _);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(Certificate);
        return bare.CopyWithPrivateKey(key);
    }
}
