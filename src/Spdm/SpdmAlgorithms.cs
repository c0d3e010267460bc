using System.Security.Cryptography;

namespace Fleet.Spdm;

/// <summary>The algorithms we verify, by their bit in BaseHash and BaseAsym (DSP0274, NEGOTIATE_ALGORITHMS).</summary>
public static class SpdmAlgorithms
{
    /// <summary>BaseHash bits we verify: SHA-256, SHA-384, SHA-512.</summary>
    public const uint Hashes = 0x7;

    /// <summary>BaseAsym bits we verify: RSASSA and RSAPSS 2048 to 4096, ECDSA P-256, P-384 and P-521.</summary>
    public const uint Signatures = 0x1FF;

    /// <summary>Bytes of the hash of one BaseHash bit; 0 for any other value.</summary>
    public static int HashSize(uint bit) => bit switch { 1 => 32, 2 => 48, 4 => 64, _ => 0 };

    /// <summary>Bytes of a signature of one BaseAsym bit; 0 for any other value.</summary>
    public static int SignatureSize(uint bit) => bit switch
    {
        1 or 2 => 256,
        4 or 8 => 384,
        0x10 => 64,
        0x20 or 0x40 => 512,
        0x80 => 96,
        0x100 => 132,
        _ => 0,
    };

    /// <summary>The framework's name of the hash of one BaseHash bit.</summary>
    public static HashAlgorithmName HashName(uint bit) => bit switch
    {
        1 => HashAlgorithmName.SHA256,
        2 => HashAlgorithmName.SHA384,
        4 => HashAlgorithmName.SHA512,
        _ => throw new ArgumentOutOfRangeException(nameof(bit), bit, "Not one of SHA-256, SHA-384 and SHA-512."),
    };

    /// <summary>One BaseAsym bit in words.</summary>
    public static string SignatureName(uint bit) => bit switch
    {
        1 => "RSASSA-2048",
        2 => "RSAPSS-2048",
        4 => "RSASSA-3072",
        8 => "RSAPSS-3072",
        0x10 => "ECDSA P-256",
        0x20 => "RSASSA-4096",
        0x40 => "RSAPSS-4096",
        0x80 => "ECDSA P-384",
        0x100 => "ECDSA P-521",
        _ => $"signature 0x{bit:x}",
    };

    /// <summary>One BaseHash bit in words.</summary>
    public static string DigestName(uint bit) => bit switch { 1 => "SHA-256", 2 => "SHA-384", 4 => "SHA-512", _ => $"hash 0x{bit:x}" };

    /// <summary>Hashes data by one BaseHash bit.</summary>
    public static byte[] Hash(uint bit, ReadOnlySpan<byte> data) => CryptographicOperations.HashData(HashName(bit), data);
}
