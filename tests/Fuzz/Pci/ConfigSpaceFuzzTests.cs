using System.Collections.Immutable;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;

namespace Fleet.Fuzz.Tests.Pci;

public sealed class ConfigSpaceFuzzTests
{
    // Header, both chains at their caps with a length dword each, and the alias check.
    private const int MostReads = 5 + 48 + (480 * 2) + 15;

    [Fact]
    public Task WalkSnapshotDecode_AnySpace_StaysInBounds() => FuzzLoop.RunAsync("Walk, snapshot and decode", random =>
    {
        byte[] bytes = ConfigSpaceMutation.Next(random);
        bytes = random.Next(4) == 0 ? bytes[..0x100] : bytes;
        UnreliableSpace space = new(bytes, random, random.Next(3) * 20);

        CapabilityList list = CapabilityWalk.Walk(space);
        Assert.InRange(space.ReadCount, 1, MostReads);
        CheckList(list, bytes.Length);

        ConfigImage image = ConfigSnapshot.Read(space, list);
        CheckBlocks(ConfigDecoder.Decode(image, list), list);
    });

    [Fact]
    public Task Decode_AnyListAndRangesFromTheWire_NeverThrows() => FuzzLoop.RunAsync("Decode of wire data", random =>
    {
        byte[] bytes = ConfigSpaceMutation.Next(random);
        ConfigImage image = ConfigImage.FromRanges(random.Next(-8, 0x2000), Enumerable.Range(0, random.Next(6)).Select(_ =>
            (random.Next(-16, 0x1100), (ReadOnlyMemory<byte>)bytes.AsMemory(0, random.Next(bytes.Length)))));
        CapabilityList list = new([.. Enumerable.Range(0, random.Next(20)).Select(_ => AnyCapability(random))], []);

        Assert.Equal(list.Items.Length + 1, ConfigDecoder.Decode(image, list).Length);
    });

    private static Capability AnyCapability(Random random) => new(
        random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0x1000), (ushort)random.Next(0x50), (byte)random.Next(16),
        random.Next(2) == 0, random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0x100));

    private static void CheckList(CapabilityList list, int size)
    {
        Assert.Equal(list.Items.Length, list.Items.DistinctBy(item => item.Offset).Count());
        foreach (Capability item in list.Items)
        {
            Assert.Equal(0, item.Offset % 4);
            Assert.InRange(item.Offset, item.Extended ? 0x100 : 0x40, (item.Extended ? size : 0x100) - 4);
            Assert.InRange(item.Length, 4, (item.Extended ? size : 0x100) - item.Offset);
        }
    }

    private static void CheckBlocks(ImmutableArray<DecodedBlock> blocks, CapabilityList list)
    {
        Assert.Equal(list.Items.Length + 1, blocks.Length);
        foreach (DecodedBlock block in blocks)
        {
            Assert.All(block.Registers, register => Assert.InRange(register.Offset + register.Width, block.Offset, block.Offset + block.Length));
        }
    }
}
