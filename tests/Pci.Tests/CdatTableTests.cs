using System.Buffers.Binary;
using System.Collections.Immutable;
using Fleet.Pci.Cxl;

namespace Fleet.Pci.Tests;

public sealed class CdatTableTests
{
    // A type 3 device with one range of volatile memory of 256 MiB, as QEMU describes it.
    private static readonly byte[][] Structures =
    [
        Convert.FromHexString("00001800" + "0000" + "0000" + "0000000000000000" + "0000001000000000"),
        Convert.FromHexString("01001800" + "00000100" + "1027000000000000" + "0f00" + "0000" + "0000" + "0000"),
        Convert.FromHexString("01001800" + "00000400" + "e803000000000000" + "1000" + "0000" + "0000" + "0000"),
        Convert.FromHexString("02001400" + "00000000" + "0000100000000000" + "11004000"),
        Convert.FromHexString("03000800" + "01000000"),
        Convert.FromHexString("04001800" + "00020000" + "0010000000000000" + "0000f00f00000000"),
        Convert.FromHexString("05002000" + "00000000" + "6400000000000000" + "0001010003000000" + "0100ffffffff0000"),
        Convert.FromHexString("0900080011223344"),
    ];

    [Fact]
    public void TryParse_EveryStructure_IsRead()
    {
        CdatTable table = Parse(CdatSample.Table(Structures));

        Assert.Empty(table.Findings);
        Assert.Equal(
            new CdatMemoryRange(16, 24, 0, 0, 0, 0x1000_0000), table.Structures[0]);
        CdatLatencyBandwidth latency = Assert.IsType<CdatLatencyBandwidth>(table.Structures[1]);
        CdatLatencyBandwidth bandwidth = Assert.IsType<CdatLatencyBandwidth>(table.Structures[2]);
        Assert.Equal((CdatPerformance.ReadLatency, 150_000ul), (latency.Measures, latency.Value));
        Assert.Equal((CdatPerformance.ReadBandwidth, 16_000ul), (bandwidth.Measures, bandwidth.Value));
        CdatMemorySideCache cache = Assert.IsType<CdatMemorySideCache>(table.Structures[3]);
        Assert.Equal((0x10_0000ul, 1, 1, 64), (cache.Size, cache.Levels, cache.Level, cache.LineSize));
        Assert.Equal((true, (byte)0), Assert.IsType<CdatInitiator>(table.Structures[4]) is var i ? (i.MemoryAttached, i.Handle) : default);
        CdatEfiMemory memory = Assert.IsType<CdatEfiMemory>(table.Structures[5]);
        Assert.Equal(("reserved memory", 0x1000ul, 0x0ff0_0000ul), (memory.MemoryTypeName, memory.Base, memory.Size));
        CdatSwitchLatencyBandwidth ways = Assert.IsType<CdatSwitchLatencyBandwidth>(table.Structures[6]);
        Assert.Equal(
            [new CdatSwitchPath(CdatSwitchPath.UpstreamPort, 1, 300), new CdatSwitchPath(1, CdatSwitchPath.AnyPort, null)], ways.Paths);
        Assert.Equal((9, "0900080011223344"), Assert.IsType<CdatUnknown>(table.Structures[7]) is var u ? (u.Type, u.Hex) : default);
    }

    [Theory]
    [InlineData(0x04, true, false, false, false, false)]
    [InlineData(0x08, false, true, false, false, false)]
    [InlineData(0x10, false, false, true, false, false)]
    [InlineData(0x20, false, false, false, true, false)]
    [InlineData(0x40, false, false, false, false, true)]
    public void MemoryRange_Flags_AreNamed(byte flags, bool nonVolatile, bool shareable, bool coherent, bool dynamic, bool readOnly)
    {
        CdatMemoryRange range = new(16, 24, 0, flags, 0, 1);

        Assert.Equal(
            (nonVolatile, shareable, coherent, dynamic, readOnly),
            (range.NonVolatile, range.Shareable, range.HardwareCoherent, range.DynamicCapacity, range.ReadOnly));
    }

    [Fact]
    public void TryParse_EachTruncation_IsRefusedOrFound()
    {
        byte[] whole = CdatSample.Table(Structures);
        for (int length = 0; length < whole.Length; length++)
        {
            bool parsed = CdatTable.TryParse(whole.AsSpan(0, length), out CdatTable table);

            Assert.Equal(length >= CdatHeader.Size, parsed);
            Assert.True(!parsed || table.Findings.Any(f => f.Contains("says", StringComparison.Ordinal)), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(0xffff)]
    public void TryParse_StructureLengthOutOfBounds_StopsThere(int length)
    {
        byte[] bytes = CdatSample.Table(Structures);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(CdatHeader.Size + 24 + 2), (ushort)length);

        CdatTable table = Parse(CdatSample.Seal(bytes));

        Assert.Single(table.Structures);
        Assert.Contains("0x28", Assert.Single(table.Findings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000080000000000")]
    [InlineData("0100180000000900e8030000000000000100000000000000")]
    [InlineData("05001400000000006400000000000000ffffffff")]
    public void TryParse_KnownTypeWithOtherContent_IsKeptRawAndFound(string hex)
    {
        CdatTable table = Parse(CdatSample.Table([Convert.FromHexString(hex)]));

        Assert.Equal(hex, Assert.IsType<CdatUnknown>(Assert.Single(table.Structures)).Hex);
        Assert.Contains("kept raw", Assert.Single(table.Findings), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_OneBitFlipped_IsNoticedByTheChecksum()
    {
        byte[] bytes = CdatSample.Table(Structures);
        bytes[^1] ^= 0x40;

        Assert.Contains("checksum", Assert.Single(Parse(bytes).Findings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, null)]
    [InlineData(0xffff, 1, null)]
    [InlineData(3, 1000, 3000ul)]
    [InlineData(3, ulong.MaxValue, null)]
    public void Value_OfAnEntry_IsItsProductOrNothing(ushort entry, ulong unit, ulong? expected) =>
        Assert.Equal(expected, new CdatLatencyBandwidth(16, 24, 0, 0, CdatPerformance.ReadLatency, unit, ImmutableArray.Create(entry)).Value);

    [Fact]
    public void TryParse_LongerThanTheMost_IsRefused() =>
        Assert.False(CdatTable.TryParse(new byte[CdatTable.MaximumSize + 1], out _));

    private static CdatTable Parse(byte[] bytes)
    {
        Assert.True(CdatTable.TryParse(bytes, out CdatTable table));
        return table;
    }
}
