using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fleet.Spdm.Sessions;

/// <summary>One direction of a session (DSP0277 over DOE): session id, length, sealed message, tag; the record's number is counted and not sent.</summary>
internal sealed class SecuredDirection(uint session, byte[] key, byte[] iv)
{
    private const int HeaderSize = 6;
    private const int TagSize = 16;

    private ulong _number;

    public byte[] Seal(ReadOnlySpan<byte> message)
    {
        byte[] plain = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(plain, (ushort)message.Length);
        message.CopyTo(plain.AsSpan(2));
        byte[] record = new byte[HeaderSize + plain.Length + TagSize];
        BinaryPrimitives.WriteUInt32LittleEndian(record, session);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(4), (ushort)(plain.Length + TagSize));
        using AesGcm aead = new(key, TagSize);
        aead.Encrypt(Nonce(), plain, record.AsSpan(HeaderSize, plain.Length), record.AsSpan(HeaderSize + plain.Length), record.AsSpan(0, HeaderSize));
        return record;
    }

    public bool TryOpen(ReadOnlySpan<byte> record, [NotNullWhen(true)] out byte[]? message)
    {
        message = null;
        if (record.Length < HeaderSize + 2 + TagSize || BinaryPrimitives.ReadUInt32LittleEndian(record) != session)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        int slack = record.Length - HeaderSize - length;
        if (length < 2 + TagSize || slack is < 0 or > 3 || record[(HeaderSize + length)..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        byte[] plain = new byte[length - TagSize];
        ReadOnlySpan<byte> body = record.Slice(HeaderSize, length);
        using AesGcm aead = new(key, TagSize);
        try
        {
            aead.Decrypt(Nonce(), body[..plain.Length], body[plain.Length..], plain, record[..HeaderSize]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        int size = BinaryPrimitives.ReadUInt16LittleEndian(plain);
        message = size <= plain.Length - 2 ? plain[2..(2 + size)] : null; // What follows is random padding.
        return message is not null;
    }

    private byte[] Nonce()
    {
        byte[] nonce = [.. iv];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, BinaryPrimitives.ReadUInt64LittleEndian(nonce) ^ _number++);
        return nonce;
    }
}
