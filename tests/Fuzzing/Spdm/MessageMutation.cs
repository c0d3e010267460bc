using System.Buffers.Binary;

namespace Fleet.Fuzzing.Spdm;

/// <summary>Spoils a message: bits, bytes, fields at their limits, its length, or a piece of another message.</summary>
internal static class MessageMutation
{
    private static readonly uint[] Limits = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x1_0000, 0xFF_FFFF, 0x7FFF_FFFF, 0xFFFF_FFFF];

    public static byte[] Spoil(ref Dice dice, ReadOnlySpan<byte> message, ReadOnlySpan<byte> other)
    {
        byte[] spoilt = message.ToArray();
        int times = 1 + dice.Next(3);
        for (int i = 0; i < times && spoilt.Length > 0; i++)
        {
            // Headers and length fields lie in front; that is where most is to be found.
            int at = dice.Next(3) == 0 ? dice.Next(spoilt.Length) : dice.Next(Math.Min(spoilt.Length, 64));
            switch (dice.Next(8))
            {
                case 0:
                    spoilt[at] ^= (byte)(1 << dice.Next(8));
                    break;
                case 1:
                    spoilt[at] = (byte)dice.Next(256);
                    break;
                case 2 when spoilt.Length - at >= 2:
                    BinaryPrimitives.WriteUInt16LittleEndian(spoilt.AsSpan(at), (ushort)Limits[dice.Next(Limits.Length)]);
                    break;
                case 3 when spoilt.Length - at >= 4:
                    BinaryPrimitives.WriteUInt32LittleEndian(spoilt.AsSpan(at), Limits[dice.Next(Limits.Length)]);
                    break;
                case 4:
                    spoilt = spoilt[..at];
                    break;
                case 5:
                    spoilt = [.. spoilt, .. new byte[1 + dice.Next(8)]];
                    break;
                case 6 when other.Length > 0:
                    int from = dice.Next(other.Length);
                    other.Slice(from, Math.Min(other.Length - from, spoilt.Length - at)).CopyTo(spoilt.AsSpan(at));
                    break;
                default:
                    dice.Fill(spoilt.AsSpan(at, Math.Min(4, spoilt.Length - at)));
                    break;
            }
        }

        return spoilt;
    }
}
