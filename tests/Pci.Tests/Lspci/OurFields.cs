using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;
using Fleet.Testing;

namespace Fleet.Pci.Tests.Lspci;

/// <summary>What we decode of the capability at an offset, or of the header at 0, by "register.field" and by register.</summary>
internal sealed class OurFields
{
    private readonly Dictionary<string, (ulong Value, int Width)> _values = [];

    public OurFields(byte[] bytes, int offset)
    {
        ArraySpace space = new(bytes);
        CapabilityList list = CapabilityWalk.Walk(space);
        DecodedBlock block = ConfigDecoder.Decode(ConfigSnapshot.Read(space, list), list).Single(b => b.Offset == offset);
        foreach (DecodedRegisterValue register in block.Registers)
        {
            Assert.NotNull(register.Value);
            _values[register.Name] = (register.Value.Value, register.Width * 8);
            foreach (DecodedFieldValue field in register.Fields)
            {
                _values[$"{register.Name}.{field.Name}"] = (field.Value, field.High - field.Low + 1);
            }
        }
    }

    /// <summary>The value and width in bits of a field; null when this layout does not have it.</summary>
    public (ulong Value, int Width)? Find(string name) => _values.TryGetValue(name.Trim('~', '?'), out (ulong, int) found) ? found : null;
}
