using System.Buffers.Binary;

namespace Fleet.Fuzz.Tests.Spdm;

/// <summary>Spoils a message: bits, bytes, fields at their limits, its length, or a piece of another message.</summary>
internal static class MessageMutation
{
    private static readonly uint[] Limits = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x1_0000, 0xFF_FFFF, 0x7FFF_FFFF, 0xFFFF_FFFF];

    public static byte[] Spoil(Random random, ReadOnlySpan<byte> message, ReadOnlySpan<byte> other)
    {
        byte[] spoilt = message.ToArray();
        int times = 1 + random.Next(3);
        for (int i = 0; i < times && spoilt.Length > 0; i++)
        {
            // Headers and length fields lie in front; that is where most is to be found.
            int at = random.Next(3) == 0 ? random.Next(spoilt.Length) : random.Next(Math.Min(spoilt.Length, 64));
            switch (random.Next(8))
            {
                case 0:
                    spoilt[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    spoilt[at] = (byte)random.Next(256);
                    break;
                case 2 when spoilt.Length - at >= 2:
                    BinaryPrimitives.WriteUInt16LittleEndian(spoilt.AsSpan(at), (ushort)Limits[random.Next(Limits.Length)]);
                    break;
                case 3 when spoilt.Length - at >= 4:
                    BinaryPrimitives.WriteUInt32LittleEndian(spoilt.AsSpan(at), Limits[random.Next(Limits.Length)]);
                    break;
                case 4:
                    spoilt = spoilt[..at];
                    break;
                case 5:
                    spoilt = [.. spoilt, .. new byte[1 + random.Next(8)]];
                    break;
                case 6 when other.Length > 0:
                    int from = random.Next(other.Length);
                    other.Slice(from, Math.Min(other.Length - from, spoilt.Length - at)).CopyTo(spoilt.AsSpan(at));
                    break;
                default:
                    random.NextBytes(spoilt.AsSpan(at, Math.Min(4, spoilt.Length - at)));
                    break;
            }
        }

        return spoilt;
    }
}
