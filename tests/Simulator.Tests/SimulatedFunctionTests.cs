using System.Buffers.Binary;
using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;

namespace Fleet.Simulator.Tests;

public sealed class SimulatedFunctionTests
{
    private const int Command = 0x04;
    private const int DeviceStatus = 0x7a;

    [Fact]
    public void Write_ReadOnlyRegister_ChangesNothingButCounts()
    {
        SimulatedFunction drive = Make(HostModel.Drive);

        drive.Write(0, new byte[] { 1, 2, 3, 4 });

        Assert.Equal(0xa80a_144du, Read32(drive, 0));
        Assert.Equal(1, drive.WriteCycles);
    }

    [Fact]
    public void Write_Command_ChangesWritableBitsOnly()
    {
        SimulatedFunction drive = Make(HostModel.Drive);

        drive.Write(Command, new byte[] { 0xff, 0xff });

        Assert.Equal(0x0547u, Read32(drive, Command) & 0xffff);
    }

    [Fact]
    public void Write_StatusBits_OneClearsAndZeroKeeps()
    {
        RegisterFile registers = new(4096);
        registers.Define16(DeviceStatus, 0x000f, clearable: 0x000f);
        SimulatedFunction function = new(HostModel.Drive, registers, []);

        function.Write(DeviceStatus, new byte[] { 0x05, 0 });

        Assert.Equal(0x0au, Read32(function, DeviceStatus & ~3) >> 16);
    }

    [Fact]
    public void Write_BarSizing_ReadsBackTheSize()
    {
        SimulatedFunction drive = Make(HostModel.Drive);

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
        SimulatedFunction drive = Make(HostModel.Drive);

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
        SimulatedFunction drive = Make(HostModel.Drive);

        Assert.Equal(ConfigStatus.OutOfRange, drive.Read(offset, new byte[length]).Status);
        Assert.Equal(ConfigStatus.OutOfRange, drive.Write(offset, new byte[length]).Status);
        Assert.Equal(0, drive.WriteCycles);
    }

    [Fact]
    public void Walk_EveryFunctionOfAHost_HasNoFinding()
    {
        foreach (FunctionModel model in HostModel.Functions(1, MailboxFault.None))
        {
            CapabilityList list = CapabilityWalk.Walk(FunctionFactory.Make(model, TimeProvider.System));

            Assert.Empty(list.Findings);
            Assert.Equal(model.Doe is not null, list.Items.Any(i => i is { Extended: true, Id: CapabilityIds.DataObjectExchange }));
        }
    }

    [Fact]
    public async Task Discover_Healthy_FindsEveryFeature()
    {
        DoeDiscoveryResult result = await DiscoverAsync(MailboxFault.None);

        Assert.Null(result.Failure);
        Assert.Equal(["0001:00", "0001:01", "15b3:01"], result.Features.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData(nameof(MailboxFault.NeverAnswers))]
    [InlineData(nameof(MailboxFault.DiscoveryLoop))]
    [InlineData(nameof(MailboxFault.ForeignResponse))]
    [InlineData(nameof(MailboxFault.AlwaysError))]
    [InlineData(nameof(MailboxFault.Underflow))]
    [InlineData(nameof(MailboxFault.AbortNeverCompletes))]
    [InlineData(nameof(MailboxFault.Gone))]
    public async Task Discover_FaultyMailbox_EndsWithAFailure(string fault)
    {
        DoeDiscoveryResult result = await DiscoverAsync(Enum.Parse<MailboxFault>(fault));

        Assert.NotNull(result.Failure);
    }

    [Fact]
    public async Task Exchange_SpdmGetVersion_IsAnsweredAndTheRestIsUnsupported()
    {
        DoeRequester requester = new(Make(HostModel.Drive), 0x200, TimeProvider.System);

        DoeOutcome version = await requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[] { 0x10, 0x84, 0, 0 }, TestContext.Current.CancellationToken);
        DoeOutcome digests = await requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[] { 0x12, 0x81, 0, 0 }, TestContext.Current.CancellationToken);

        Assert.Equal(new byte[] { 0x10, 0x04, 0, 0, 0, 1, 0, 0x12 }, version.Payload);
        Assert.Equal(new byte[] { 0x12, 0x7f, 0x07, 0x81 }, digests.Payload);
    }

    [Fact]
    public void Read_IdleStatus_ShowsRevisionTwoBitsAndNoneOfTheStateBits()
    {
        SimulatedFunction drive = Make(HostModel.Drive);

        Assert.Equal(0x10u, Read32(drive, 0x200 + DoeRegisters.Status));
    }

    private static SimulatedFunction Make(PciAddress address, MailboxFault fault = MailboxFault.None) =>
        FunctionFactory.Make(HostModel.Functions(1, fault).Single(f => f.Address == address), TimeProvider.System);

    private static uint Read32(SimulatedFunction function, int offset)
    {
        byte[] bytes = new byte[4];
        function.Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private static Task<DoeDiscoveryResult> DiscoverAsync(MailboxFault fault)
    {
        DoeRequester requester = new(Make(HostModel.Adapter, fault), 0x1c0, TimeProvider.System);
        return DoeDiscovery.RunAsync(requester.ExchangeAsync, 2, TestContext.Current.CancellationToken);
    }
}
