namespace Fleet.Pci.Decoding;

/// <summary>A field of a register, as data.</summary>
internal sealed record Field(string Name, int High, int Low, Func<ulong, string?>? Meaning = null)
{
    public Field(string name, int bit)
        : this(name, bit, bit)
    {
    }

    public DecodedFieldValue Decode(ulong register)
    {
        int width = High - Low + 1;
        ulong mask = width == 64 ? ulong.MaxValue : (1ul << width) - 1;
        ulong value = (register >> Low) & mask;
        return new DecodedFieldValue(Name, High, Low, value, Meaning?.Invoke(value));
    }
}
