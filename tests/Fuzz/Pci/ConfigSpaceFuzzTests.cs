using Fleet.Fuzzing.ConfigSpaces;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;

namespace Fleet.Fuzz.Tests.Pci;

public sealed class ConfigSpaceFuzzTests
{
    [Fact]
    public Task Decode_AnyListAndRangesFromTheWire_NeverThrows() => FuzzLoop.RunAsync("Decode of wire data", random =>
    {
        byte[] bytes = ConfigSpaceCase.Make(random.Next()).Bytes;
        ConfigImage image = ConfigImage.FromRanges(random.Next(-8, 0x2000), Enumerable.Range(0, random.Next(6)).Select(_ =>
            (random.Next(-16, 0x1100), (ReadOnlyMemory<byte>)bytes.AsMemory(0, random.Next(bytes.Length)))));
        CapabilityList list = new([.. Enumerable.Range(0, random.Next(20)).Select(_ => AnyCapability(random))], []);

        Assert.Equal(list.Items.Length + 1, ConfigDecoder.Decode(image, list).Length);
    });

    private static Capability AnyCapability(Random random) => new(
        random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0x1000), (ushort)random.Next(0x50), (byte)random.Next(16),
        random.Next(2) == 0, random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0x100));
}
