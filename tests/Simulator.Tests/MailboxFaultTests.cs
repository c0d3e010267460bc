using System.Buffers.Binary;
using Fleet.Agent;
using Fleet.Agent.Linux;
using Fleet.Pci;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Simulator.Tests;

/// <summary>Every fault of a mailbox, on fake time: what the requester says, how long it takes, and what works afterwards.</summary>
public sealed class MailboxFaultTests
{
    private static readonly byte[] GetVersion = [0x10, 0x84, 0, 0];
    private static readonly byte[] Version = [0x10, 0x04, 0, 0, 0, 5, 0, 0x10, 0, 0x11, 0, 0x12, 0, 0x13, 0, 0x14];
    private readonly FakeTimeProvider _time = new();

    /// <summary>Fault, failure of the first exchange (null: it succeeds), least and most milliseconds, failure of the second one.</summary>
    public static TheoryData<string, DoeFailure?, int, int, DoeFailure?> Outcomes => new()
    {
        { nameof(MailboxFault.None), null, 1, 20, null },
        { nameof(MailboxFault.BusyForever), DoeFailure.BusyAtEntry, 1000, 1020, DoeFailure.BusyAtEntry },
        { nameof(MailboxFault.NeverAnswers), DoeFailure.Timeout, 1000, 1020, DoeFailure.Timeout },
        { nameof(MailboxFault.SilentDiscard), DoeFailure.Timeout, 1000, 1020, DoeFailure.Timeout },
        { nameof(MailboxFault.StrayDword), DoeFailure.Timeout, 1000, 1020, null },
        { nameof(MailboxFault.LatchedError), null, 1, 20, null },
        { nameof(MailboxFault.AlwaysError), DoeFailure.ErrorLatched, 0, 20, DoeFailure.ErrorLatched },
        { nameof(MailboxFault.SlowAbort), DoeFailure.Timeout, 1900, 1940, DoeFailure.Timeout },
        { nameof(MailboxFault.AbortNeverCompletes), DoeFailure.AbortFailed, 2000, 2040, DoeFailure.Quarantined },
        { nameof(MailboxFault.Underflow), DoeFailure.Underflow, 1, 20, DoeFailure.Underflow },
        { nameof(MailboxFault.ForeignResponse), DoeFailure.ForeignResponse, 1, 20, DoeFailure.ForeignResponse },
        { nameof(MailboxFault.StaleResponse), null, 1, 20, null },
        { nameof(MailboxFault.Gone), DoeFailure.Gone, 0, 20, DoeFailure.Gone },
        { nameof(MailboxFault.GoneMidTransfer), DoeFailure.Gone, 1, 20, DoeFailure.Gone },
        { nameof(MailboxFault.UnplugMidExchange), DoeFailure.Gone, 1, 20, DoeFailure.Gone },
        { nameof(MailboxFault.RevisionTwoBits), null, 1, 20, null },
        { nameof(MailboxFault.WideDiscovery), null, 1, 20, null },
        { nameof(MailboxFault.DiscoveryLoop), null, 1, 20, null },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task Exchange_Fault_EndsAsTheCatalogSays(string fault, DoeFailure? first, int least, int most, DoeFailure? second)
    {
        SimulatedFunction drive = Drive(Enum.Parse<MailboxFault>(fault));
        DoeRequester requester = new(drive, drive.Mailboxes[0].Offset, _time);

        DateTimeOffset start = _time.GetUtcNow();
        DoeOutcome outcome = await ExchangeAsync(requester);
        double took = (_time.GetUtcNow() - start).TotalMilliseconds;
        DoeOutcome again = await ExchangeAsync(requester);

        Assert.Equal((first, second), (outcome.Failure, again.Failure));
        Assert.InRange(took, least, most);
        Assert.True(outcome.Succeeded || outcome.Payload.Length is 0);
    }

    [Fact]
    public void Outcomes_EveryFault_HasOne() =>
        Assert.Equal(Enum.GetNames<MailboxFault>(), Outcomes.Select(row => row.Data.Item1));

    [Fact]
    public void Catalog_EveryFault_IsExplainedAndFoundByItsName()
    {
        Assert.Equal(Enum.GetValues<MailboxFault>().Length + Enum.GetValues<ConfigFault>().Length - 2, FaultCatalog.All.Count);
        Assert.All(FaultCatalog.All, entry => Assert.True(FaultCatalog.TryFind(entry.Name, out _, out _), entry.Name));
        Assert.All(FaultCatalog.All, entry => Assert.EndsWith(".", entry.Agent, StringComparison.Ordinal));
        Assert.False(FaultCatalog.TryFind("1", out _, out _));
    }

    [Fact]
    public async Task Exchange_StaleResponse_GivesTheResponseOfTheRequestBefore()
    {
        SimulatedFunction drive = Drive(MailboxFault.StaleResponse);
        DoeRequester requester = new(drive, drive.Mailboxes[0].Offset, _time);

        DoeOutcome first = await ExchangeAsync(requester);
        DoeOutcome digests = await _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, new byte[] { 0x12, 0x81, 0, 0 }, CancellationToken.None));

        Assert.Empty(first.Payload);
        Assert.Equal(Version, digests.Payload);
    }

    [Theory]
    [InlineData(nameof(MailboxFault.None), null, 3)]
    [InlineData(nameof(MailboxFault.RevisionTwoBits), null, 3)]
    [InlineData(nameof(MailboxFault.WideDiscovery), null, 3)]
    [InlineData(nameof(MailboxFault.DiscoveryLoop), DoeFailure.DiscoveryLoop, 3)]
    [InlineData(nameof(MailboxFault.Underflow), DoeFailure.Underflow, 0)]
    [InlineData(nameof(MailboxFault.NeverAnswers), DoeFailure.Timeout, 0)]
    public async Task Discover_Fault_KeepsWhatWasNamedAndSaysWhyItStopped(string fault, DoeFailure? failure, int features)
    {
        SimulatedFunction adapter = Make(SmallHost.Adapter, Enum.Parse<MailboxFault>(fault));
        DoeRequester requester = new(adapter, adapter.Mailboxes[0].Offset, _time);

        DoeDiscoveryResult result = await _time.RunAsync(DoeDiscovery.RunAsync(requester.ExchangeAsync, 2, CancellationToken.None));

        Assert.Equal(failure, result.Failure);
        Assert.Equal(features, result.Features.Length);
    }

    [Theory]
    [InlineData(nameof(MailboxFault.None), 0x10u)]
    [InlineData(nameof(MailboxFault.RevisionTwoBits), 0x18u)]
    [InlineData(nameof(MailboxFault.BusyForever), 0x11u)]
    [InlineData(nameof(MailboxFault.LatchedError), 0x14u)]
    public void Status_Idle_ShowsTheBitsOfTheFault(string fault, uint expected)
    {
        SimulatedFunction drive = Drive(Enum.Parse<MailboxFault>(fault));

        Assert.Equal(expected, Read32(drive, drive.Mailboxes[0].Offset + DoeRegisters.Status));
    }

    [Fact]
    public async Task Clear_AFunctionThatWentSilent_AnswersAgain()
    {
        SimulatedFunction drive = Drive(MailboxFault.GoneMidTransfer);
        DoeRequester requester = new(drive, drive.Mailboxes[0].Offset, _time);
        await ExchangeAsync(requester);
        Assert.Equal(uint.MaxValue, Read32(drive, 0));

        drive.SetFault(drive.Mailboxes[0], MailboxFault.None);

        Assert.Equal(Version, (await ExchangeAsync(requester)).Payload);
    }

    [Fact]
    public async Task UnplugMidExchange_TakesTheFunctionOutUntilItIsPluggedInAgain()
    {
        using HardwareDirectory directory = new();
        SimulatedHardware hardware = new("sim-01", directory.Path, HostModel.Functions(HostKind.Small, 1), PciIds.Load(PciIds.DefaultPath), _time);
        await using IAsyncEnumerator<HardwareChange> changes = hardware.Changes(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        SimulatedFunction drive = hardware.Find(SmallHost.Drive)!;
        drive.SetFault(drive.Mailboxes[0], MailboxFault.UnplugMidExchange);

        DoeOutcome outcome = await ExchangeAsync(new DoeRequester(drive, drive.Mailboxes[0].Offset, _time));
        Assert.Equal(DoeFailure.Gone, outcome.Failure);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(new HardwareChange(HardwareChangeKind.Removed, SmallHost.Drive), changes.Current);
        Assert.DoesNotContain(SmallHost.Drive, hardware.Addresses());
        Assert.Throws<DirectoryNotFoundException>(() => hardware.ReadFunction(SmallHost.Drive, null));
        Assert.Equal(ConfigStatus.Gone, drive.Read(0, new byte[4]).Status);

        Assert.Equal(1, hardware.Plug(SmallHost.Drive));
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(new HardwareChange(HardwareChangeKind.Added, SmallHost.Drive), changes.Current);
        SimulatedFunction again = hardware.Find(SmallHost.Drive)!;
        Assert.Equal(Version, (await ExchangeAsync(new DoeRequester(again, again.Mailboxes[0].Offset, _time))).Payload);
    }

    [Fact]
    public void Unplug_ABridge_TakesWhatIsBehindItFirst()
    {
        using HardwareDirectory directory = new();
        SimulatedHardware hardware = new("sim-01", directory.Path, HostModel.Functions(HostKind.GpuServer, 1), PciIds.Load(PciIds.DefaultPath), _time);
        PciAddress port = new(0, 0, 1, 0);
        int before = hardware.Addresses().Count;

        int went = hardware.Unplug(port);

        Assert.Equal(10, went); // The port, the switch's five ports, four endpoints.
        Assert.Equal(before - went, hardware.Addresses().Count);
        Assert.False(Directory.Exists(Path.Combine(hardware.PciRoot, "devices", "0000:03:00.0")));
        Assert.Equal(went, hardware.Plug(port));
        Assert.Equal(before, hardware.Addresses().Count);
    }

    private SimulatedFunction Drive(MailboxFault fault) => Make(SmallHost.Drive, fault);

    private SimulatedFunction Make(PciAddress address, MailboxFault fault)
    {
        SimulatedFunction function = FunctionFactory.Make(HostModel.Functions(HostKind.Small, 1).Single(f => f.Address == address), _time);
        SimulatedMailbox mailbox = Assert.Single(function.Mailboxes);
        function.SetFault(mailbox, fault);
        return function;
    }

    private Task<DoeOutcome> ExchangeAsync(DoeRequester requester) =>
        _time.RunAsync(requester.ExchangeAsync(DoeFeature.CmaSpdm, GetVersion, CancellationToken.None));

    private static uint Read32(SimulatedFunction function, int offset)
    {
        byte[] bytes = new byte[4];
        function.Read(offset, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
