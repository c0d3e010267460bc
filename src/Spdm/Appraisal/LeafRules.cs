using System.Security.Cryptography.X509Certificates;

namespace Fleet.Spdm.Appraisal;

/// <summary>What a leaf must be (DSP0274, leaf certificate requirements), besides being signed and in time.</summary>
internal static class LeafRules
{
    public static string? Problem(X509Certificate2 leaf, SpdmVersion version, bool alias)
    {
        X509KeyUsageExtension? usage = leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        X509BasicConstraintsExtension? constraints = leaf.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault();
        string[] uses = [.. leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(extension => extension.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()).Select(oid => oid.Value ?? "")];
        return leaf.Version != 3 ? "The leaf is not of X.509 version 3."
            : leaf.SerialNumberBytes.Length == 0 ? "The leaf has no serial number."
            : leaf.SubjectName.RawData.Length <= 2 || leaf.IssuerName.RawData.Length <= 2 ? "The leaf lacks a subject or an issuer."
            : usage is null || (usage.KeyUsages & X509KeyUsageFlags.DigitalSignature) == 0 ? "The leaf's key usage does not have digitalSignature."
            : constraints is { CertificateAuthority: true } ? "The leaf is a CA."
            : constraints is null && version >= SpdmVersion.V13 ? "The leaf lacks basic constraints, which 1.3 asks for."
            : uses.Contains(CertificateNames.RequesterUse) && !uses.Contains(CertificateNames.ResponderUse) ? "The leaf is for a requester."
            : alias && CertificateNames.Holds(leaf, CertificateNames.HardwareIdentity) ? "An alias leaf says that it holds the hardware identity."
            : null;
    }
}
