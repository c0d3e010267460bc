using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Makes revocation lists.</summary>
internal static class RevokedList
{
    public static byte[] Of(X509Certificate2 root, int number, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder list = new();
        foreach (X509Certificate2 certificate in revoked)
        {
            list.AddEntry(certificate, DateTimeOffset.UtcNow);
        }

        return list.Build(root, number, DateTimeOffset.UtcNow.AddDays(10), HashAlgorithmName.SHA256);
    }
}
