using Fleet.Pci.Doe;

namespace Fleet.Fuzz.Tests.Pci;

public sealed class DoeFuzzTests
{
    [Fact]
    public Task TryDecode_AnyBytes_NeverThrows() => FuzzLoop.RunAsync("Object", random =>
    {
        byte[] bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0 && bytes.Length >= 8)
        {
            new DoeHeader(DoeFeature.CmaSpdm, random.Next(2, 20)).Write(bytes);
        }

        bool decoded = DoeObject.TryDecode(bytes, out DoeHeader header, out ReadOnlySpan<byte> payload);

        Assert.True(!decoded || DoeObject.Encode(header.Feature, payload).AsSpan(8).SequenceEqual(bytes.AsSpan(8)));
    });
}
