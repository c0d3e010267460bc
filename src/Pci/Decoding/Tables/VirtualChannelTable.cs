using System.Globalization;

namespace Fleet.Pci.Decoding.Tables;

/// <summary>Virtual channels (PCI Express Base, sections 7.9.1 and 7.9.2). The length of the capability says how many there are.</summary>
internal static class VirtualChannelTable
{
    private const int MostChannels = 8;
    private static readonly string?[] Schemes = ["fixed", "WRR of 32", "WRR of 64", "WRR of 128", "time-based WRR of 128", "WRR of 256"];

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Port capabilities 1",
            new("extended channels", 2, 0), new("low priority extended channels", 6, 4), new("reference clock", 9, 8, Meanings.OneOf("100 ns")),
            new("port arbitration table entry", 11, 10, static value => string.Create(CultureInfo.InvariantCulture, $"{1 << (int)value} bits"))),
        new(0x08, 4, "Port capabilities 2",
            new("fixed arbitration", 0), new("WRR of 32", 1), new("WRR of 64", 2), new("WRR of 128", 3), new("arbitration table offset", 31, 24, Meanings.HexShifted(4))),
        new(0x0c, 2, "Port control", new("load arbitration table", 0), new("arbitration", 3, 1, Meanings.OneOf(Schemes[..4]))),
        new(0x0e, 2, "Port status", new Field("arbitration table pending", 0)),
        .. Enumerable.Range(0, MostChannels).SelectMany(Channel),
    ];

    private static IEnumerable<Register> Channel(int index)
    {
        int place = 0x10 + (index * 0x0c);
        yield return new(place, 4, $"VC{index} capabilities",
            new("fixed arbitration", 0), new("WRR of 32", 1), new("WRR of 64", 2), new("WRR of 128", 3), new("time-based WRR of 128", 4),
            new("WRR of 256", 5), new("reject snoop transactions", 15), new("maximum time slots less one", 22, 16),
            new("arbitration table offset", 31, 24, Meanings.HexShifted(4)));
        yield return new(place + 4, 4, $"VC{index} control",
            new("traffic classes", 7, 0, Meanings.Hex), new("load arbitration table", 16), new("arbitration", 19, 17, Meanings.OneOf(Schemes)),
            new("id", 26, 24), new("enable", 31));
        yield return new(place + 10, 2, $"VC{index} status", new("arbitration table pending", 0), new("negotiation pending", 1));
    }
}
