using System.Collections.Immutable;
using System.Globalization;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;

namespace Fleet.Fuzzing.ConfigSpaces;

/// <summary>Walk, snapshot and decoding (the header included) of any space: no exception, a bounded number of reads, everything in its place.</summary>
internal sealed class ConfigSpaceTarget : FuzzTarget
{
    // Header; conventional headers, and for each the entries of an Enhanced Allocation; extended headers, with a length and a count; the alias check.
    private const int MostReads = 5 + 48 + (48 * 48) + (480 * 3) + 15;

    public override string Name => "config";

    public override void Run(int seed) => Run(ConfigSpaceCase.Make(seed));

    public override IEnumerable<string> Minimise(int seed)
    {
        ConfigSpaceCase smallest = ConfigSpaceCase.Make(seed);
        if (Fails(() => Run(smallest with { FailuresIn1000 = 0 })))
        {
            smallest = smallest with { FailuresIn1000 = 0 };
        }

        // Zero ever smaller pieces as long as it still fails.
        for (int piece = 1024; piece >= 4; piece /= 2)
        {
            for (int place = 0; place < smallest.Bytes.Length; place += piece)
            {
                byte[] bytes = (byte[])smallest.Bytes.Clone();
                bytes.AsSpan(place, piece).Clear();
                ConfigSpaceCase smaller = smallest with { Bytes = bytes };
                if (!bytes.AsSpan().SequenceEqual(smallest.Bytes) && Fails(() => Run(smaller)))
                {
                    smallest = smaller;
                }
            }
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{smallest.Size} bytes, {smallest.FailuresIn1000} reads in 1000 fail; not zero are:");
        for (int place = 0; place < smallest.Bytes.Length; place += 4)
        {
            if (smallest.Bytes.AsSpan(place, 4).IndexOfAnyExcept((byte)0) >= 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{place:x3}: {Convert.ToHexStringLower(smallest.Bytes.AsSpan(place, 4))}");
            }
        }
    }

    private static void Run(ConfigSpaceCase @case)
    {
        UnreliableSpace space = new(@case);
        CapabilityList list = CapabilityWalk.Walk(space);
        Check.That(space.ReadCount is >= 1 and <= MostReads);
        CheckList(list, @case.Size);
        CheckBlocks(ConfigDecoder.Decode(ConfigSnapshot.Read(space, list), list), list);
    }

    private static void CheckList(CapabilityList list, int size)
    {
        Span<bool> seen = stackalloc bool[ConfigImage.ExtendedSize / 4];
        foreach (Capability item in list.Items)
        {
            int end = item.Extended ? size : ConfigImage.ConventionalSize;
            Check.That(item.Offset % 4 is 0);
            Check.That(item.Offset >= (item.Extended ? 0x100 : 0x40) && item.Offset <= end - 4);
            Check.That(item.Length >= 4 && item.Length <= end - item.Offset);
            Check.That(!seen[item.Offset / 4]);
            seen[item.Offset / 4] = true;
        }
    }

    private static void CheckBlocks(ImmutableArray<DecodedBlock> blocks, CapabilityList list)
    {
        Check.That(blocks.Length == list.Items.Length + 1);
        foreach (DecodedBlock block in blocks)
        {
            foreach (DecodedRegisterValue register in block.Registers)
            {
                Check.That(register.Offset >= block.Offset && register.Offset + register.Width <= block.Offset + block.Length);
                foreach (DecodedFieldValue field in register.Fields)
                {
                    int width = field.High - field.Low + 1;
                    Check.That(field.Low >= 0 && field.High < register.Width * 8);
                    Check.That(width is 64 || field.Value >> width is 0);
                }
            }
        }
    }
}
