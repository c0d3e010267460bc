using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Spdm.Sessions;

/// <summary>The keys of a session from its shared secret and its transcripts (DSP0274, key schedule).</summary>
internal sealed class KeySchedule
{
    private const int IvSize = 12;

    private readonly SpdmVersion _version;
    private readonly uint _hash;
    private readonly byte[] _handshake;
    private readonly byte[] _finishedRequest;
    private readonly byte[] _finishedResponse;

    public KeySchedule(SpdmVersion version, uint hash, byte[] secret, ReadOnlySpan<byte> th1)
    {
        (_version, _hash) = (version, hash);
        byte[] th1Hash = SpdmAlgorithms.Hash(hash, th1);
        _handshake = HKDF.Extract(Name, secret, new byte[Size]);
        _finishedRequest = Expand(Expand(_handshake, "req hs data", th1Hash, Size), "finished", [], Size);
        _finishedResponse = Expand(Expand(_handshake, "rsp hs data", th1Hash, Size), "finished", [], Size);
    }

    private int Size => SpdmAlgorithms.HashSize(_hash);

    private HashAlgorithmName Name => SpdmAlgorithms.HashName(_hash);

    /// <summary>The MAC of FINISH (by the requester) or FINISH_RSP over a transcript.</summary>
    public byte[] Mac(bool requester, ReadOnlySpan<byte> transcript) =>
        CryptographicOperations.HmacData(Name, requester ? _finishedRequest : _finishedResponse, SpdmAlgorithms.Hash(_hash, transcript));

    /// <summary>The two directions of the session once TH2 is whole.</summary>
    public (SecuredDirection Request, SecuredDirection Response) Application(ReadOnlySpan<byte> th2, uint session, int keySize)
    {
        byte[] th2Hash = SpdmAlgorithms.Hash(_hash, th2);
        byte[] master = HKDF.Extract(Name, new byte[Size], Expand(_handshake, "derived", [], Size));
        return (Direction("req app data"), Direction("rsp app data"));

        SecuredDirection Direction(string label)
        {
            byte[] data = Expand(master, label, th2Hash, Size);
            return new(session, Expand(data, "key", [], keySize), Expand(data, "iv", [], IvSize));
        }
    }

    private byte[] Expand(byte[] key, string label, ReadOnlySpan<byte> context, int length)
    {
        byte[] size = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)length);
        byte[] info = [.. size, .. Encoding.ASCII.GetBytes($"spdm1.{(byte)_version & 0xF} {label}"), .. context];
        return HKDF.Expand(Name, key, length, info);
    }
}
