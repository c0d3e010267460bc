using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Tests;

public sealed class SimulatedFunctionTests
{
    private const int Command = 0x04;
    private const int DeviceStatus = 0x7a;

    [Fact]
    public void Write_ReadOnlyRegister_ChangesNothingButCounts()
    {
        SimulatedFunction drive = Make(SmallHost.Drive);

        drive.Write(0, new byte[] { 1, 2, 3, 4 });

        Assert.Equal(0xa80a_144du, Read32(drive, 0));
        Assert.Equal(1, drive.WriteCycles);
    }

    [Fact]
    public void Write_Command_ChangesWritableBitsOnly()
    {
        SimulatedFunction drive = Make(SmallHost.Drive);

        drive.Write(Command, new byte[] { 0xff, 0xff });

        Assert.Equal(0x0547u, Read32(drive, Command) & 0xffff);
    }

    [Fact]
    public void Write_StatusBits_OneClearsAndZeroKeeps()
    {
        RegisterFile registers = new(4096);
        registers.Define16(DeviceStatus, 0x000f, clearable: 0x000f);
        SimulatedFunction function = new(SmallHost.Drive, registers, []);

        function.Write(DeviceStatus, new byte[] { 0x05, 0 });

        Assert.Equal(0x0au, Read32(function, DeviceStatus & ~3) >> 16);
    }

    [Fact]
    public void Write_BarSizing_ReadsBackTheSize()
    {
        SimulatedFunction drive = Make(SmallHost.Drive);

        drive.Write(0x10, new byte[] { 0xff, 0xff, 0xff, 0xff });

        Assert.Equal(0xffff_c004u, Read32(drive, 0x10));
    }

    [Theory]
    [InlineData(1, 6, 4)]
    [InlineData(0, 16, 4)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 1, 1)]
    public void Write_Spans_AreCountedInCyclesAsLinuxSplitsThem(int offset, int length, int cycles)
    {
        SimulatedFunction drive = Make(SmallHost.Drive);

        drive.Write(0x40 + offset, new byte[length]);

        Assert.Equal(cycles, drive.WriteCycles);
    }

    [Theory]
    [InlineData(-1, 4)]
    [InlineData(4093, 4)]
    [InlineData(4096, 1)]
    [InlineData(0, 0)]
    public void Access_OutsideOfTheSpace_IsOutOfRange(int offset, int length)
    {
        SimulatedFunction drive = Make(SmallHost.Drive);

        Assert.Equal(ConfigStatus.OutOfRange, drive.Read(offset, new byte[length]).Status);
        Assert.Equal(ConfigStatus.OutOfRange, drive.Write(offset, new byte[length]).Status);
        Assert.Equal(0, drive.WriteCycles);
    }

    [Theory]
    [InlineData(nameof(HostKind.Small))]
    [InlineData(nameof(HostKind.GpuServer))]
    [InlineData(nameof(HostKind.StorageServer))]
    [InlineData(nameof(HostKind.CxlHost))]
    public void Walk_EveryFunctionOfAHost_HasNoFinding(string kind)
    {
        foreach (FunctionModel model in HostModel.Functions(Enum.Parse<HostKind>(kind), 1))
        {
            CapabilityList list = CapabilityWalk.Walk(FunctionFactory.Make(model, TimeProvider.System));

            Assert.Empty(list.Findings);
            Assert.Equal(
                model.Mailboxes.Select(m => m.Offset), list.Items.Where(i => i is { Extended: true, Id: CapabilityIds.DataObjectExchange }).Select(i => i.Offset));
        }
    }

    [Fact]
    public async Task Exchange_SpdmOutOfOrder_IsUnexpected()
    {
        DoeRequester requester = new(Make(SmallHost.Drive), 0x200, TimeProvider.System);

        DoeOutcome version = await requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[] { 0x10, 0x84, 0, 0 }, TestContext.Current.CancellationToken);
        DoeOutcome digests = await requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[] { 0x12, 0x81, 0, 0 }, TestContext.Current.CancellationToken);

        Assert.Equal(new byte[] { 0x10, 0x04, 0, 0, 0, 5, 0, 0x10, 0, 0x11, 0, 0x12, 0, 0x13, 0, 0x14 }, version.Payload);
        Assert.Equal(new byte[] { 0x10, 0x7f, 0x04, 0 }, digests.Payload);
    }

    [Fact]
    public void Read_IdleStatus_ShowsRevisionTwoBitsAndNoneOfTheStateBits()
    {
        SimulatedFunction drive = Make(SmallHost.Drive);

        Assert.Equal(0x10u, Read32(drive, 0x200 + DoeRegisters.Status));
    }

    private static SimulatedFunction Make(PciAddress address) =>
        FunctionFactory.Make(HostModel.Functions(HostKind.Small, 1).Single(f => f.Address == address), TimeProvider.System);

    private static uint Read32(SimulatedFunction function, int offset)
    {
        byte[] bytes = new byte[4];
        function.Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
