namespace Fleet.Pci.Decoding.Tables;

/// <summary>Message signaled interrupts (PCI Express Base, section 7.7.1). Two flags of Control decide the layout.</summary>
internal static class MsiTable
{
    private static readonly Register Control = new(0x02, 2, "Control",
        new("enable", 0), new("multiple message capable", 3, 1, Meanings.VectorCount),
        new("multiple message enable", 6, 4, Meanings.VectorCount),
        new("64-bit address capable", 7), new("per-vector masking capable", 8), new("extended message data capable", 9),
        new("extended message data enable", 10));

    public static Register[] Layout(bool wide, bool masks)
    {
        List<Register> registers = [Control, new(0x04, 4, "Message address")];
        int place = 0x08;
        if (wide)
        {
            registers.Add(new(place, 4, "Message upper address"));
            place += 4;
        }

        registers.Add(new(place, 2, "Message data"));
        if (masks)
        {
            registers.Add(new(place + 4, 4, "Mask bits"));
            registers.Add(new(place + 8, 4, "Pending bits"));
        }

        return [.. registers];
    }
}
