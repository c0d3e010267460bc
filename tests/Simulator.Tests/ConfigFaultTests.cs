using Fleet.Pci;
using Fleet.Pci.Capabilities;
using Fleet.Pci.Decoding;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Tests;

/// <summary>Every fault of a configuration space: what the walk finds, and that decoding takes what is left.</summary>
public sealed class ConfigFaultTests
{
    /// <summary>Fault, the kinds of findings, and how many capabilities are still found (of six).</summary>
    public static TheoryData<string, WalkFindingKind[], int> Findings => new()
    {
        { nameof(ConfigFault.None), [], 6 },
        { nameof(ConfigFault.Loop), [WalkFindingKind.Loop, WalkFindingKind.Loop], 2 },
        { nameof(ConfigFault.Truncated), [WalkFindingKind.Truncated], 5 },
        { nameof(ConfigFault.Broken), [WalkFindingKind.Broken, WalkFindingKind.Broken], 2 },
        { nameof(ConfigFault.Misaligned), [WalkFindingKind.Misaligned, WalkFindingKind.Misaligned], 6 },
        { nameof(ConfigFault.NoCapability), [WalkFindingKind.Broken], 3 },
        { nameof(ConfigFault.NullId), [WalkFindingKind.NullId], 6 },
        { nameof(ConfigFault.Overlap), [WalkFindingKind.Overlap], 6 },
        { nameof(ConfigFault.PastEnd), [WalkFindingKind.PastEnd], 6 },
        { nameof(ConfigFault.BadLength), [WalkFindingKind.BadLength], 6 },
        { nameof(ConfigFault.StartUnreadable), [WalkFindingKind.StartUnreadable], 4 },
        { nameof(ConfigFault.Alias), [WalkFindingKind.Alias], 4 },
        { nameof(ConfigFault.UnknownHeader), [WalkFindingKind.UnknownHeader], 2 },
        { nameof(ConfigFault.TooMany), [WalkFindingKind.TooMany, .. Enumerable.Repeat(WalkFindingKind.Overlap, 479)], 484 },
        { nameof(ConfigFault.AllOnes), [WalkFindingKind.Unreadable], 0 },
        { nameof(ConfigFault.AllZero), [], 0 },
        { nameof(ConfigFault.Conventional), [], 4 },
    };

    [Theory]
    [MemberData(nameof(Findings))]
    public void Walk_Fault_IsAFindingAndTheRestIsKept(string fault, WalkFindingKind[] findings, int capabilities)
    {
        SimulatedFunction drive = FunctionFactory.Make(HostModel.Functions(HostKind.Small, 1).Single(f => f.Address == SmallHost.Drive), TimeProvider.System);
        drive.ConfigFault = Enum.Parse<ConfigFault>(fault);

        CapabilityList list = CapabilityWalk.Walk(drive);

        Assert.Equal(findings, list.Findings.Select(f => f.Kind));
        Assert.Equal(capabilities, list.Items.Length);
        Assert.Equal(capabilities + 1, ConfigDecoder.Decode(ConfigSnapshot.Read(drive, list), list).Length);
    }

    [Fact]
    public void Findings_EveryFault_HasARow() => Assert.Equal(Enum.GetNames<ConfigFault>(), Findings.Select(row => row.Data.Item1));

    [Fact]
    public void Clear_AnyFault_PutsTheRegistersBack()
    {
        SimulatedFunction drive = FunctionFactory.Make(HostModel.Functions(HostKind.Small, 1).Single(f => f.Address == SmallHost.Drive), TimeProvider.System);
        byte[] before = new byte[drive.Size];
        drive.Read(0, before);
        foreach (ConfigFault fault in Enum.GetValues<ConfigFault>())
        {
            drive.ConfigFault = fault;
        }

        drive.ConfigFault = ConfigFault.None;

        byte[] after = new byte[drive.Size];
        drive.Read(0, after);
        Assert.Equal(before, after);
    }
}
