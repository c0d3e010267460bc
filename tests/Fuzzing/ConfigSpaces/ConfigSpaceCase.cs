using System.Buffers.Binary;
using Fleet.Pci;

namespace Fleet.Fuzzing.ConfigSpaces;

/// <summary>A space out of the corpus, spoilt; and how often in a thousand a read of it fails.</summary>
internal sealed record ConfigSpaceCase(int Seed, byte[] Bytes, int Size, int FailuresIn1000)
{
    private static readonly uint[] Interesting =
        [0, 1, 0xffff_ffff, 0xffff, 0xfff0_0000, 0x8000_0000, 0x0002_002e, 0x0002_0010, 0xffc1_0003, 0x1001_0003];

    public static ConfigSpaceCase Make(int seed)
    {
        Dice dice = Dice.Of(seed, 0);
        byte[] bytes = (byte[])ConfigSpaceCorpus.All[dice.Next(ConfigSpaceCorpus.All.Count)].Clone();
        if (dice.Next(8) == 0)
        {
            dice.Fill(bytes);
        }

        for (int count = dice.Next(16); count > 0; count--)
        {
            Spoil(bytes, ref dice);
        }

        return new ConfigSpaceCase(seed, bytes, dice.Next(4) == 0 ? ConfigImage.ConventionalSize : bytes.Length, dice.Next(3) * 20);
    }

    private static void Spoil(byte[] bytes, ref Dice dice)
    {
        int slot = dice.Next(bytes.Length / 4) * 4;
        switch (dice.Next(6))
        {
            case 0:
                bytes[dice.Next(bytes.Length)] ^= (byte)(1 << dice.Next(8));
                break;
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(slot), Interesting[dice.Next(Interesting.Length)]);
                break;
            case 2:
                bytes[dice.Next(0x30, 0x100)] = (byte)dice.Next(); // Conventional pointers and ids live here.
                break;
            case 3:
                slot = dice.Next(0x40, bytes.Length / 4) * 4;
                uint header = ((uint)dice.Next(0x1000) << 20) | 0x1_0000 | (uint)dice.Next(0x40);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(slot), header);
                break;
            case 4:
                // A second capability: another space's, behind the first list.
                byte[] other = ConfigSpaceCorpus.All[dice.Next(ConfigSpaceCorpus.All.Count)];
                int target = dice.Next(0x200, 0xf00) & ~3;
                other.AsSpan(0x100, 0x100).CopyTo(bytes.AsSpan(target));
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x102), (ushort)((target << 4) | 1));
                break;
            default:
                int length = dice.Next(bytes.Length - slot);
                bytes.AsSpan(slot, length).Fill((byte)(dice.Next(2) * 0xff));
                break;
        }
    }
}
