using System.Collections.Immutable;

namespace Fleet.Pci.Decoding;

/// <summary>A register of a block, as data.</summary>
/// <param name="offset">Offset from the start of the block.</param>
/// <param name="width">Width in bytes: 1, 2, 4 or 8.</param>
/// <param name="name">Its name in words.</param>
/// <param name="fields">Its fields in any order; reserved bits are left out.</param>
internal sealed class Register(int offset, int width, string name, params Field[] fields)
{
    private readonly Field[] _fields = [.. fields.OrderByDescending(field => field.High)];

    public int Offset => offset;

    public int Width => width;

    public string Name => name;

    public IReadOnlyList<Field> Fields => _fields;

    public DecodedRegisterValue Decode(ConfigImage image, int blockOffset)
    {
        int place = blockOffset + offset;
        ulong? value = Read(image, place);
        return new DecodedRegisterValue(place, width, name, value, value is { } known ? DecodeFields(known) : []);
    }

    private ImmutableArray<DecodedFieldValue> DecodeFields(ulong value)
    {
        ImmutableArray<DecodedFieldValue>.Builder values = ImmutableArray.CreateBuilder<DecodedFieldValue>(_fields.Length);
        foreach (Field field in _fields)
        {
            if (field.When is null || field.When(value))
            {
                values.Add(field.Decode(value));
            }
        }

        return values.DrainToImmutable();
    }

    private ulong? Read(ConfigImage image, int place)
    {
        switch (width)
        {
            case 1:
                return image.TryRead8(place, out byte value8) ? value8 : null;
            case 2:
                return image.TryRead16(place, out ushort value16) ? value16 : null;
            case 4:
                return image.TryRead32(place, out uint value32) ? value32 : null;
            default:
                bool known = image.TryRead32(place, out uint low) & image.TryRead32(place + 4, out uint high);
                return known ? ((ulong)high << 32) | low : null;
        }
    }
}
