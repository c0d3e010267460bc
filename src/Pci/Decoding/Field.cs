namespace Fleet.Pci.Decoding;

/// <summary>A field of a register, as data.</summary>
/// <param name="Name">Its name in words.</param>
/// <param name="High">Most significant bit.</param>
/// <param name="Low">Least significant bit.</param>
/// <param name="Meaning">Says what a value means; null when the number says it.</param>
internal sealed record Field(string Name, int High, int Low, Func<ulong, string?>? Meaning = null)
{
    public Field(string name, int bit, Func<ulong, string?>? meaning = null)
        : this(name, bit, bit, meaning)
    {
    }

    /// <summary>Tells from the whole register whether the field exists in it; null for always.</summary>
    public Func<ulong, bool>? When { get; init; }

    public DecodedFieldValue Decode(ulong register)
    {
        int width = High - Low + 1;
        ulong mask = width == 64 ? ulong.MaxValue : (1ul << width) - 1;
        ulong value = (register >> Low) & mask;
        return new DecodedFieldValue(Name, High, Low, value, Meaning?.Invoke(value));
    }
}
