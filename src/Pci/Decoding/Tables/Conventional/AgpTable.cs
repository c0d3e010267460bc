namespace Fleet.Pci.Decoding.Tables.Conventional;

/// <summary>Accelerated Graphics Port (AGP 3.0, section 6.1).</summary>
internal static class AgpTable
{
    private static readonly Field[] Common =
    [
        new("rates", 2, 0, Rates), new("fast writes", 4), new("over 4 GB", 5), new("64-bit GART", 7), new("side-band addressing", 9),
        new("calibration cycle", 12, 10), new("optimum request size", 15, 13), new("request queue depth less one", 31, 24),
    ];

    public static readonly Register[] Registers =
    [
        new(0x02, 1, "Version", new("major", 7, 4), new("minor", 3, 0)),
        new(0x04, 4, "Status",
            [.. Common, new("AGP 3 mode", 3), new("host translation", 6), new("coherent accesses", 8), new("isochronous", 16)]),
        new(0x08, 4, "Command", [.. Common, new("enable", 8)]),
    ];

    /// <summary>Whether the bits mean 1x, 2x and 4x or 4x and 8x depends on the mode, so that only the bits are named.</summary>
    private static string? Rates(ulong value) => value is 0 ? "none" : null;
}
