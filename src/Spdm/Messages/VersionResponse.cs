using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.Spdm.Messages;

/// <summary>VERSION: the versions a responder speaks, each major(15:12) minor(11:8) update(7:4) alpha(3:0).</summary>
public sealed record VersionResponse(ReadOnlyMemory<byte> Raw, ImmutableArray<ushort> Entries)
{
    /// <summary>GET_VERSION, the same four bytes always.</summary>
    public static byte[] Request() => [(byte)SpdmVersion.V10, (byte)SpdmCode.GetVersion, 0, 0];

    /// <summary>Parses VERSION, with or without a transport's padding.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> source, [NotNullWhen(true)] out VersionResponse? message)
    {
        MessageReader reader = new(source);
        reader.Header(SpdmVersion.V10, SpdmCode.Version);
        reader.Byte();
        int count = reader.Byte();
        reader.Require(count > 0);
        ImmutableArray<ushort>.Builder entries = ImmutableArray.CreateBuilder<ushort>(count);
        for (int i = 0; i < count; i++)
        {
            entries.Add(reader.UInt16());
        }

        message = reader.TryFinish(out ReadOnlyMemory<byte> raw) ? new(raw, entries.ToImmutable()) : null;
        return message is not null;
    }

    /// <summary>The highest version that is also among ours, null where there is none.</summary>
    public SpdmVersion? Best(IEnumerable<SpdmVersion> ours)
    {
        HashSet<byte> theirs = [.. Entries.Select(entry => (byte)(entry >> 8))];
        SpdmVersion best = ours.Where(version => theirs.Contains((byte)version)).DefaultIfEmpty().Max();
        return best == 0 ? null : best;
    }
}
