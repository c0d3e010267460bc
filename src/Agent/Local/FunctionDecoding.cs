using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;

namespace Fleet.Agent.Local;

/// <summary>Decodes the bytes of a function that were read, by the tables that every room uses.</summary>
internal static class FunctionDecoding
{
    public static IReadOnlyList<DecodedCapability> Decode(FunctionFacts function)
    {
        ConfigImage image = ConfigImage.FromRanges(
            function.ConfigSize, function.Config.Select(range => (range.Offset, (ReadOnlyMemory<byte>)Convert.FromHexString(range.Hex))));
        CapabilityList list = new(
            [.. function.Capabilities.Select(found => new Capability(found.Offset, (ushort)found.Id, (byte)found.Version, found.Extended, found.Length))], []);
        return [.. ConfigDecoder.Decode(image, list).Select(View)];
    }

    private static DecodedCapability View(DecodedBlock block) => new(block.Offset, block.Name, block.Length, [.. block.Registers.Select(View)]);

    private static DecodedRegister View(DecodedRegisterValue register) => new(
        register.Offset, register.Width, register.Name,
        register.Value?.ToString("x" + (register.Width * 2).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        [.. register.Fields.Select(field => new DecodedField(field.Name, field.High, field.Low, field.Value, field.Meaning))]);
}
