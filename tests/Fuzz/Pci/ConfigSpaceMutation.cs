using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fleet.Fuzz.Tests.Pci;

/// <summary>Spaces to begin with (the dumps of the decoder's tests), and the ways in which they are spoilt.</summary>
internal static class ConfigSpaceMutation
{
    private static readonly uint[] Interesting =
        [0, 1, 0xffff_ffff, 0xffff, 0xfff0_0000, 0x8000_0000, 0x0002_002e, 0x0002_0010, 0xffc1_0003, 0x1001_0003];

    private static readonly byte[][] Corpus = [.. Directory.EnumerateFiles(Folder(), "*.txt").Order(StringComparer.Ordinal).Select(Read)];

    public static byte[] Next(Random random)
    {
        byte[] bytes = (byte[])Corpus[random.Next(Corpus.Length)].Clone();
        if (random.Next(8) == 0)
        {
            random.NextBytes(bytes);
        }

        for (int count = random.Next(16); count > 0; count--)
        {
            Spoil(bytes, random);
        }

        return bytes;
    }

    private static void Spoil(byte[] bytes, Random random)
    {
        int slot = random.Next(bytes.Length / 4) * 4;
        switch (random.Next(5))
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(slot), Interesting[random.Next(Interesting.Length)]);
                break;
            case 2:
                bytes[random.Next(0x30, 0x100)] = (byte)random.Next(0x100); // Conventional pointers and ids live here.
                break;
            case 3 when bytes.Length > 0x100:
                slot = random.Next(0x40, bytes.Length / 4) * 4;
                uint header = ((uint)random.Next(0x1000) << 20) | 0x1_0000 | (uint)random.Next(0x40);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(slot), header);
                break;
            default:
                int length = random.Next(bytes.Length - slot);
                bytes.AsSpan(slot, length).Fill((byte)(random.Next(2) * 0xff));
                break;
        }
    }

    private static byte[] Read(string path)
    {
        byte[] bytes = new byte[0x1000];
        foreach (string line in File.ReadLines(path).SkipWhile(line => line != "[bytes]").Skip(1).TakeWhile(line => line[0] != '['))
        {
            int offset = int.Parse(line.AsSpan(0, 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            Convert.FromHexString(line[5..].Replace(" ", "", StringComparison.Ordinal)).CopyTo(bytes, offset);
        }

        return bytes;
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "Pci.Tests", "dumps");
}
