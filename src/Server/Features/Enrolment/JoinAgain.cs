using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity.Authority;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Features.Enrolment;

/// <summary>A host that joins again, after its certificate expired or was taken from it: it stays the same host if its old key signs for the new one.</summary>
internal static class JoinAgain
{
    private const int LongestField = 1024;

    /// <summary>The host that the proof is of; null where there is no proof, or none that holds: then it is a new host.</summary>
    public static async Task<HostRow?> FindAsync(FleetDb db, EnrollRequest request, CancellationToken ct)
    {
        if (request.Previous is not { } previous || !TryVerify(previous, request.CertificateRequest, out string thumbprint))
        {
            return null;
        }

        // By the key that verified the signature and not by a name beside it. A key that was superseded is no host's any more.
        return await db.Hosts.AsNoTracking().SingleOrDefaultAsync(row => row.KeyThumbprint == thumbprint && row.Id == previous.Host, ct);
    }

    /// <summary>Gives the host its new key. What it had goes on; certificates of its old key are over.</summary>
    public static async Task RebindAsync(FleetDb db, HostRow host, string thumbprint, CancellationToken ct)
    {
        await db.Set<CertificateRow>().Where(row => row.Host == host.Id && row.KeyThumbprint != thumbprint && row.State != CertificateState.Superseded)
            .ExecuteUpdateAsync(row => row.SetProperty(c => c.State, CertificateState.Superseded), ct);
        host.KeyThumbprint = thumbprint;
    }

    private static bool TryVerify(EnrolledBefore previous, string certificateRequest, out string thumbprint)
    {
        thumbprint = "";
        if (previous.PublicKey.Length > LongestField || previous.Signature.Length > LongestField)
        {
            return false;
        }

        try
        {
            byte[] info = Convert.FromBase64String(previous.PublicKey);
            PublicKey key = PublicKey.CreateFromSubjectPublicKeyInfo(info, out int read);
            using ECDsa? verifier = key.GetECDsaPublicKey();
            byte[] signed = EnrolledBefore.SignedBytes(previous.Host, Convert.FromBase64String(certificateRequest));
            thumbprint = CertificateAuthority.Thumbprint(key);
            return read == info.Length && verifier?.KeySize is 256 or 384
                && verifier.VerifyData(signed, Convert.FromBase64String(previous.Signature), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (Exception error) when (error is FormatException or CryptographicException or NotSupportedException)
        {
            return false;
        }
    }
}
