using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>Makes a device's certificates: root, device (or vendor) CA, leaf, as DSP0274 and PCIe CMA ask for them.</summary>
internal sealed class CredentialFactory
{
    private const string DeviceInfo = "1.3.6.1.4.1.412.274.1";
    private const string HardwareIdentity = "1.3.6.1.4.1.412.274.2";
    private const string ResponderUse = "1.3.6.1.4.1.412.274.3";
    private const string SpdmExtension = "1.3.6.1.4.1.412.274.6";
    private const string CmaName = "2.23.147";

    private readonly DateTimeOffset _now;
    private readonly uint _asym;
    private readonly AsymmetricAlgorithm _rootKey;
    private readonly X509Certificate2 _root;

    /// <summary>A vendor with a root of its own, for keys of one kind (BaseAsym bits of one key size).</summary>
    public CredentialFactory(uint asymBits, DateTimeOffset now, string vendor = "Simulated Vendor")
    {
        _now = now;
        _asym = asymBits;
        _rootKey = NewKey();
        CertificateRequest request = Request($"CN={vendor} Root CA", _rootKey);
        AddAuthority(request);
        _root = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(20));
    }

    /// <summary>A vendor whose root is there already.</summary>
    public CredentialFactory(uint asymBits, DateTimeOffset now, X509Certificate2 root, AsymmetricAlgorithm rootKey)
    {
        _now = now;
        _asym = asymBits;
        _rootKey = rootKey;
        _root = root;
    }

    public byte[] Root => _root.RawData;

    public AsymmetricAlgorithm RootKey => _rootKey;

    /// <summary>A slot whose leaf is long-lived and holds the hardware identity, or (alias) made at boot below a device CA that holds it.</summary>
    public SlotCredential Make(byte slot, DeviceNames names, bool alias = false, Action<CertificateRequest>? changeLeaf = null, DateTimeOffset? leafEnds = null)
    {
        using AsymmetricAlgorithm authorityKey = NewKey();
        CertificateRequest authorityRequest = Request(alias ? $"CN={names.Dmtf} device CA" : "CN=Simulated Vendor Intermediate CA", authorityKey);
        AddAuthority(authorityRequest);
        if (alias)
        {
            authorityRequest.CertificateExtensions.Add(Spdm(HardwareIdentity));
        }

        using X509Certificate2 authority = Sign(authorityRequest, _root, _rootKey, _now.AddYears(10));
        AsymmetricAlgorithm key = NewKey();
        CertificateRequest leafRequest = Request($"CN={names.Dmtf} slot {slot}", key);
        leafRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leafRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leafRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ResponderUse)], false));
        leafRequest.CertificateExtensions.Add(AlternativeNames(names));
        if (!alias)
        {
            leafRequest.CertificateExtensions.Add(Spdm(HardwareIdentity));
        }

        changeLeaf?.Invoke(leafRequest);
        using X509Certificate2 leaf = Sign(leafRequest, authority, authorityKey, leafEnds ?? _now.AddYears(8));
        ImmutableArray<byte[]> certificates = [_root.RawData, authority.RawData, leaf.RawData];
        return new(slot, _asym, certificates, key) { Model = alias ? (byte)2 : (byte)1 };
    }

    private AsymmetricAlgorithm NewKey() => _asym switch
    {
        0x10 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        0x80 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        0x100 => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(SpdmAlgorithms.SignatureSize(_asym & (~_asym + 1)) * 8),
    };

    private HashAlgorithmName Hash => _asym switch { 0x80 => HashAlgorithmName.SHA384, 0x100 => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 };

    private CertificateRequest Request(string name, AsymmetricAlgorithm key) => key is ECDsa ecdsa
        ? new CertificateRequest(name, ecdsa, Hash)
        : new CertificateRequest(name, (RSA)key, Hash, RSASignaturePadding.Pkcs1);

    private X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, AsymmetricAlgorithm key, DateTimeOffset until)
    {
        X509SignatureGenerator generator = key is ECDsa ecdsa
            ? X509SignatureGenerator.CreateForECDsa(ecdsa)
            : X509SignatureGenerator.CreateForRSA((RSA)key, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        return request.Create(issuer.SubjectName, generator, _now.AddDays(-30), until, serial);
    }

    private static void AddAuthority(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private static X509Extension Spdm(string oid)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }

        return new(SpdmExtension, writer.Encode(), false);
    }

    private static X509Extension AlternativeNames(DeviceNames names)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteOtherName(writer, DeviceInfo, names.Dmtf);
            if (names.Cma is { } cma)
            {
                WriteOtherName(writer, CmaName, cma);
            }
        }

        return new("2.5.29.17", writer.Encode(), false);
    }

    private static void WriteOtherName(AsnWriter writer, string oid, string value)
    {
        Asn1Tag tag = new(TagClass.ContextSpecific, 0);
        using (writer.PushSequence(tag))
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSequence(tag))
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
            }
        }
    }
}
