using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;

namespace Fleet.Server.Features.Functions;

/// <summary>Decodes what an agent read of a function, by the tables that every room uses.</summary>
internal static class CapabilityDecoding
{
    public static IReadOnlyList<DecodedCapability> Decode(FunctionFacts function)
    {
        ConfigImage image = ConfigImage.FromRanges(
            function.ConfigSize, function.Config.Select(range => (range.Offset, (ReadOnlyMemory<byte>)Bytes(range.Hex))));
        CapabilityList list = new(
            [.. function.Capabilities.Select(found => new Capability(found.Offset, (ushort)found.Id, (byte)found.Version, found.Extended, found.Length))], []);
        return [.. ConfigDecoder.Decode(image, list).Select(View)];
    }

    private static DecodedCapability View(DecodedBlock block) =>
        new(block.Offset, block.Name, block.Length, [.. block.Registers.Select(View)]);

    private static DecodedRegister View(DecodedRegisterValue register) => new(
        register.Offset,
        register.Width,
        register.Name,
        register.Value?.ToString("x" + (register.Width * 2), CultureInfo.InvariantCulture),
        [.. register.Fields.Select(field => new DecodedField(field.Name, field.High, field.Low, field.Value, field.Meaning))]);

    // The agents' door lets only hexadecimal digits in; an odd one at the end is half a byte, which is none.
    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.AsSpan(0, hex.Length & ~1));
}
