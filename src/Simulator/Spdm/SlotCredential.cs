using System.Collections.Immutable;
using System.Security.Cryptography;
using Fleet.Spdm;

namespace Fleet.Simulator.Spdm;

/// <summary>A slot's certificates from the root to the leaf and the leaf's key.</summary>
internal sealed record SlotCredential(byte Slot, uint AsymBits, ImmutableArray<byte[]> Certificates, AsymmetricAlgorithm Key)
{
    /// <summary>Certificate model in DIGESTS and CERTIFICATE with several keys: 1 device, 2 alias.</summary>
    public byte Model { get; init; } = 1;

    /// <summary>Whether the chain begins below the root, as it may.</summary>
    public bool Headless { get; init; }

    public byte[] Root => Certificates[0];

    /// <summary>The blob of GET_CERTIFICATE.</summary>
    public byte[] Chain(SpdmVersion version, uint hashBit)
    {
        ImmutableArray<byte[]> sent = Headless ? Certificates.RemoveAt(0) : Certificates;
        int length = 4 + SpdmAlgorithms.HashSize(hashBit) + sent.Sum(certificate => certificate.Length);
        ResponseBuilder blob = ResponseBuilder.Blob();
        _ = version >= SpdmVersion.V14 ? blob.UInt32((uint)length) : blob.UInt16(length).UInt16(0);
        blob.Bytes(SpdmAlgorithms.Hash(hashBit, Root));
        foreach (byte[] certificate in sent)
        {
            blob.Bytes(certificate);
        }

        return blob.ToArray();
    }

    /// <summary>Signs a digest by one BaseAsym bit.</summary>
    public byte[] Sign(uint asym, uint hashBit, byte[] digest) => Key switch
    {
        ECDsa ecdsa => ecdsa.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        RSA rsa => rsa.SignHash(digest, SpdmAlgorithms.HashName(hashBit), (asym & 0x4A) != 0 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException($"A key of kind {Key.GetType().Name} signs nothing here."),
    };
}
