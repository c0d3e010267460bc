using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Spdm.Appraisal;

/// <summary>Reads what SPDM and PCIe CMA put into certificates: names in the subject alternative name, object identifiers in an extension of SPDM's own.</summary>
internal static class CertificateNames
{
    public const string DeviceInfo = "1.3.6.1.4.1.412.274.1";
    public const string HardwareIdentity = "1.3.6.1.4.1.412.274.2";
    public const string ResponderUse = "1.3.6.1.4.1.412.274.3";
    public const string RequesterUse = "1.3.6.1.4.1.412.274.4";
    public const string Cma = "2.23.147";

    private const string AlternativeName = "2.5.29.17";
    private const string SpdmExtension = "1.3.6.1.4.1.412.274.6";
    private static readonly Asn1Tag OtherName = new(TagClass.ContextSpecific, 0);

    /// <summary>The UTF-8 text of an otherName; null where there is none, or more than one, or it cannot be read.</summary>
    public static string? Name(X509Certificate2 certificate, string oid)
    {
        string? found = null;
        try
        {
            foreach (X509Extension extension in certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeName))
            {
                AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (!names.PeekTag().HasSameClassAndValue(OtherName))
                    {
                        names.ReadEncodedValue();
                        continue;
                    }

                    AsnReader other = names.ReadSequence(OtherName);
                    if (other.ReadObjectIdentifier() != oid)
                    {
                        continue;
                    }

                    if (found is not null)
                    {
                        return null;
                    }

                    found = other.ReadSequence(OtherName).ReadCharacterString(UniversalTagNumber.UTF8String);
                }
            }
        }
        catch (AsnContentException)
        {
            return null; // A name that cannot be read names nothing.
        }

        return found;
    }

    /// <summary>Whether SPDM's extension holds an object identifier.</summary>
    public static bool Holds(X509Certificate2 certificate, string oid)
    {
        try
        {
            foreach (X509Extension extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SpdmExtension))
            {
                AsnReader items = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (items.HasData)
                {
                    if (items.ReadSequence().ReadObjectIdentifier() == oid)
                    {
                        return true;
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            return false;
        }

        return false;
    }
}
