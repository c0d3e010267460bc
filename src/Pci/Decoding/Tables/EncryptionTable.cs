namespace Fleet.Pci.Decoding.Tables;

/// <summary>
/// Integrity and Data Encryption (PCI Express Base, section 7.9.26) up to the link streams; where the selective streams lie depends on the
/// number of address blocks of each.
/// </summary>
internal static class EncryptionTable
{
    private const int MostLinkStreams = 8;

    private static readonly Func<ulong, string?> Aggregation = Meanings.OneOf("none", "up to 2", "up to 4", "up to 8");

    public static readonly Register[] Registers =
    [
        new(0x04, 4, "Capabilities",
            new("link streams", 0), new("selective streams", 1), new("flow-through", 2), new("partial header encryption", 3), new("aggregation", 4),
            new("PCRC", 5), new("IDE_KM", 6), new("selective streams for configuration requests", 7),
            new("algorithm", 12, 8, Meanings.OneOf("AES-GCM 256, 96-bit MAC")), new("link traffic classes less one", 15, 13),
            new("selective streams less one", 23, 16), new("TEE-limited stream", 24)),
        new(0x08, 4, "Control", new Field("flow-through enable", 2)),
        .. Enumerable.Range(0, MostLinkStreams).SelectMany(LinkStream),
    ];

    private static IEnumerable<Register> LinkStream(int index)
    {
        int place = 0x0c + (index * 8);
        yield return new(place, 4, $"Link stream {index} control",
            new("enable", 0), new("aggregation of non-posted requests", 3, 2, Aggregation), new("aggregation of posted requests", 5, 4, Aggregation),
            new("aggregation of completions", 7, 6, Aggregation), new("PCRC enable", 8), new("partial header encryption", 13, 10),
            new("algorithm", 18, 14), new("traffic class", 21, 19), new("stream id", 31, 24));
        yield return new(place + 4, 4, $"Link stream {index} status",
            new("state", 3, 0, Meanings.OneOf("insecure", null, "secure")), new("integrity check failed", 31));
    }
}
