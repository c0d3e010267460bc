using System.Buffers.Binary;
using Fleet.Pci.Cxl;
using Fleet.Pci.Doe;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Pci.Tests;

public sealed class CdatReaderTests
{
    private static readonly byte[] Range = Convert.FromHexString("000018000000000000000000000000000000001000000000");
    private static readonly byte[] Initiator = Convert.FromHexString("0300080001000000");
    private static readonly byte[] Table = CdatSample.Table([Range, Initiator]);

    [Fact]
    public async Task Run_OverAMailbox_ReadsTheTableEntryByEntry()
    {
        FakeTimeProvider time = new();
        DoeDevice device = new(time) { Respond = (_, request) => Entry(Handle(request)) };
        DoeRequester requester = new(device, 0x100, time);

        CdatReadResult result = await time.RunAsync(CdatReader.RunAsync(requester.ExchangeAsync, CancellationToken.None));

        Assert.Null(result.Failure);
        Assert.Equal(3, result.Entries);
        Assert.Equal(Table, result.Bytes);
        Assert.True(CdatTable.TryParse(result.Bytes, out CdatTable table));
        Assert.Empty(table.Findings);
    }

    [Fact]
    public async Task Run_DeviceCycles_StopsAndKeepsWhatItRead()
    {
        CdatReadResult result = await RunAsync(handle => Entry(handle, next: handle is 0 ? (ushort)1 : (ushort)0));

        Assert.Equal(DoeFailure.DiscoveryLoop, result.Failure);
        Assert.Equal(Table[..40], result.Bytes);
    }

    [Fact]
    public async Task Run_DeviceNeverEnds_StopsAtTheMostBytes()
    {
        byte[] large = new byte[64 * 1024];
        CdatReadResult result = await RunAsync(handle => handle is 0 ? Entry(0) : Response(large, (ushort)(handle + 1)));

        Assert.Equal(DoeFailure.TooLong, result.Failure);
        Assert.InRange(result.Bytes.Length, 0, CdatTable.MaximumSize);
    }

    [Theory]
    [InlineData("", DoeFailure.LengthMismatch)]
    [InlineData("01000100", DoeFailure.Malformed)]
    [InlineData("00010100", DoeFailure.Malformed)]
    [InlineData("00000100", DoeFailure.LengthMismatch)]
    [InlineData("0000010000000000", DoeFailure.LengthMismatch)]
    public async Task Run_BadFirstResponse_IsNamed(string payload, DoeFailure expected)
    {
        CdatReadResult result = await RunAsync(_ => Convert.FromHexString(payload));

        Assert.Equal(expected, result.Failure);
        Assert.Empty(result.Bytes);
    }

    [Fact]
    public async Task Run_ExchangeFails_SaysAtWhichEntry()
    {
        CdatReadResult result = await CdatReader.RunAsync(
            (_, request, _) => Task.FromResult(Handle(request.ToArray()) is 1
                ? new DoeOutcome(DoeFailure.Timeout, [], TimeSpan.Zero, "No response.")
                : new DoeOutcome(null, Entry(0), TimeSpan.Zero, "")),
            CancellationToken.None);

        Assert.Equal(DoeFailure.Timeout, result.Failure);
        Assert.Contains("entry 1", result.Detail, StringComparison.Ordinal);
    }

    private static Task<CdatReadResult> RunAsync(Func<ushort, byte[]> respond) => CdatReader.RunAsync(
        (_, request, _) => Task.FromResult(new DoeOutcome(null, respond(Handle(request.ToArray())), TimeSpan.Zero, "")), CancellationToken.None);

    private static ushort Handle(byte[] request) => BinaryPrimitives.ReadUInt16LittleEndian(request.AsSpan(2));

    private static byte[] Entry(ushort handle, ushort? next = null) => handle switch
    {
        0 => Response(Table.AsSpan(0, CdatHeader.Size), next ?? 1),
        1 => Response(Range, next ?? 2),
        _ => Response(Initiator, next ?? 0xffff),
    };

    private static byte[] Response(ReadOnlySpan<byte> entry, ushort next)
    {
        byte[] payload = new byte[4 + entry.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(2), next);
        entry.CopyTo(payload.AsSpan(4));
        return payload;
    }
}
