using System.Buffers.Binary;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Cdat;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Simulator.Tests;

public sealed class CdatTests
{
    public static TheoryData<string> Tables => ["device", "switch"];

    [Theory]
    [MemberData(nameof(Tables))]
    public void Table_LengthsAndChecksum_AddUp(string which)
    {
        byte[] bytes = Table(which).Bytes;

        Assert.Equal((uint)bytes.Length, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        Assert.Equal(0, bytes.Sum(b => b) & 0xff);
        int place = 16;
        while (place < bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(place + 2));
            Assert.InRange(length, 4, bytes.Length - place);
            place += length;
        }

        Assert.Equal(bytes.Length, place);
    }

    /// <summary>The bytes that QEMU shows for the same kind of range.</summary>
    [Fact]
    public void Memory_NonVolatile_HasTheLayoutOfTheSpecification()
    {
        byte[] entry = new CdatTable().Memory(0, CdatMemoryFlags.NonVolatile, 0, 0x1000_0000).Entries[1];

        Assert.Equal("000018000004000000000000000000000000001000000000", Convert.ToHexStringLower(entry));
    }

    [Fact]
    public async Task Read_OverTheMailbox_GivesTheWholeTable()
    {
        FakeTimeProvider time = new();
        FunctionModel expander = HostModel.Functions(HostKind.CxlHost, 1).First(f => f.Mailboxes.Count is 2);
        SimulatedFunction function = FunctionFactory.Make(expander, time);
        DoeRequester requester = new(function, expander.Mailboxes[0].Offset, time);
        List<byte> table = [];
        uint handle = 0;
        while (handle is not 0xffff)
        {
            byte[] request = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(request, handle << 16);
            DoeOutcome outcome = await time.RunAsync(requester.ExchangeAsync(DoeFeature.CxlTableAccess, request, CancellationToken.None));
            Assert.Null(outcome.Failure);
            handle = BinaryPrimitives.ReadUInt32LittleEndian(outcome.Payload) >> 16;
            table.AddRange(outcome.Payload.AsSpan(4));
        }

        Assert.Equal(CxlHost.DeviceTable().Bytes, table);
    }

    [Theory]
    [InlineData(0x00ff_0000u)]
    [InlineData(0x0000_0001u)]
    [InlineData(0x0000_0100u)]
    public void Answer_NoSuchEntry_SetsError(uint request) => Assert.Null(((IDoeResponder)new CdatResponder(CxlHost.DeviceTable())).Answer([request]));

    private static CdatTable Table(string which) => which is "device" ? CxlHost.DeviceTable() : CxlHost.SwitchTable();
}
