using System.Security.Cryptography;

namespace Fleet.Spdm.Requesting;

/// <summary>The one place where nonces are made, from a cryptographic generator.</summary>
public sealed class NonceSource(RandomNumberGenerator generator)
{
    /// <summary>A nonce for CHALLENGE, GET_MEASUREMENTS or KEY_EXCHANGE: 32 bytes.</summary>
    public byte[] Nonce() => Take(32);

    /// <summary>A requester context (1.3): 8 bytes.</summary>
    public byte[] Context() => Take(8);

    private byte[] Take(int size)
    {
        byte[] bytes = new byte[size];
        generator.GetBytes(bytes);
        return bytes;
    }
}
