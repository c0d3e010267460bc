using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Fleet.Spdm.Messages;

/// <summary>DIGESTS: a hash of the whole chain blob of each provisioned slot, in ascending order of slots.</summary>
public sealed record DigestsResponse(ReadOnlyMemory<byte> Raw, byte SupportedSlots, byte ProvisionedSlots, ImmutableArray<ReadOnlyMemory<byte>> Digests, ImmutableArray<ushort> KeyUsages)
{
    /// <summary>GET_DIGESTS.</summary>
    public static byte[] Request(SpdmVersion version) => [(byte)version, (byte)SpdmCode.GetDigests, 0, 0];

    /// <summary>Parses DIGESTS, with the key tables where several keys were negotiated (1.3).</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, Negotiated negotiated, [NotNullWhen(true)] out DigestsResponse? message)
    {
        MessageReader reader = new(source);
        (byte supported, byte provisioned) = reader.Header(negotiated.Version, SpdmCode.Digests);
        int count = BitOperations.PopCount(provisioned);
        ImmutableArray<ReadOnlyMemory<byte>>.Builder digests = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(count);
        for (int i = 0; i < count; i++)
        {
            digests.Add(reader.Take(negotiated.HashSize));
        }

        ImmutableArray<ushort>.Builder usages = ImmutableArray.CreateBuilder<ushort>();
        if (negotiated.MultiKey)
        {
            reader.Take(2 * count);
            for (int i = 0; i < count; i++)
            {
                usages.Add(reader.UInt16());
            }
        }

        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, supported, provisioned, digests.ToImmutable(), usages.ToImmutable()) : null;
        return message is not null;
    }

    /// <summary>The digest of a slot, empty where the slot holds no chain.</summary>
    public ReadOnlyMemory<byte> Digest(int slot) => slot is < 0 or > 7 || (ProvisionedSlots >> slot & 1) == 0
        ? default
        : Digests[BitOperations.PopCount((uint)ProvisionedSlots & ((1u << slot) - 1))];
}
