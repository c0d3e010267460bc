using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fleet.Spdm.Messages;

namespace Fleet.Spdm.Evidence;

/// <summary>A slot's chain blob: length, hash of the root, certificates from the root's side to the leaf (DSP0274, certificate chain format).</summary>
public sealed record CertificateChain(ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> RootHash, ImmutableArray<ReadOnlyMemory<byte>> Certificates)
{
    /// <summary>The largest blob we take.</summary>
    public const int MaxSize = 65536;

    /// <summary>The most certificates we take.</summary>
    public const int MaxDepth = 8;

    /// <summary>Splits a blob by the lengths of its DER sequences; nothing may be left over.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> blob, SpdmVersion version, int hashSize, [NotNullWhen(true)] out CertificateChain? chain)
    {
        MessageReader reader = new(blob);
        uint length = version >= SpdmVersion.V14 ? reader.UInt32() : reader.UInt16();
        reader.Require(version >= SpdmVersion.V14 || reader.UInt16() == 0);
        reader.Require(length == blob.Length && blob.Length <= MaxSize);
        ReadOnlyMemory<byte> root = reader.Take(hashSize);
        ImmutableArray<ReadOnlyMemory<byte>>.Builder certificates = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        while (!reader.Failed && reader.Position < blob.Length && certificates.Count < MaxDepth)
        {
            certificates.Add(reader.Take(SequenceSize(blob.Span[reader.Position..])));
        }

        chain = !reader.Failed && reader.Position == blob.Length && certificates.Count > 0 ? new(blob, root, certificates.ToImmutable()) : null;
        return chain is not null;
    }

    private static long SequenceSize(ReadOnlySpan<byte> der)
    {
        if (der.Length < 2 || der[0] != 0x30)
        {
            return -1;
        }

        int extra = der[1] - 0x80;
        if (extra < 0)
        {
            return 2 + der[1];
        }

        if (extra is 0 or > 3 || der.Length < 2 + extra || der[2] == 0)
        {
            return -1; // Indefinite, beyond any chain, cut off or not minimal.
        }

        long size = 0;
        foreach (byte digit in der.Slice(2, extra))
        {
            size = (size << 8) | digit;
        }

        return size < 0x80 ? -1 : 2 + extra + size;
    }
}
