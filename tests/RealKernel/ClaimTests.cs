using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>Writes by pciutils into a region that another process claimed.</summary>
public sealed class ClaimTests(Machines machines)
{
    private const int InterruptLine = 0x3c;

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Setpci_IntoAClaimedRegion_IsRefusedAndChangesNothing(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");
        string[] before = step.Lines("before");

        string[] after = step.Lines("after");

        Assert.Equal(0, step.Status("claim"));
        Assert.Contains("Device or resource busy", step.Errors("refused"), StringComparison.Ordinal);
        Assert.Contains("Device or resource busy", step.Errors("refused-proc"), StringComparison.Ordinal);
        Assert.Equal(before[0], after[0]);
        // What nobody claims is written as ever.
        Assert.Equal("", step.Errors("allowed"));
        Assert.Equal("10", after[1]);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Setpci_IntoAClaimedRegion_IsReportedWithItsProcess(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        FleetEvent refusal = Assert.Single(step.Events("events"), e => e.Kind is EventKinds.ContentionAccess && e.Caller?.Pid == step.Pid("refused"));

        Assert.Equal(Decision.Refuse, refusal.Decision);
        Assert.Equal("0000:0d:00.0", $"{refusal.Function}");
        Assert.Equal((AccessOperation.Write, InterruptLine, 1), (refusal.Operation, refusal.Offset, refusal.Length));
        Assert.Equal("setpci", refusal.Caller!.Comm);
        Assert.EndsWith("/setpci", refusal.Caller.Exe, StringComparison.Ordinal);
        Assert.Equal(0u, refusal.Caller.Uid);
        Assert.Equal((InterruptLine, 1), (refusal.Claim!.Offset, refusal.Claim.Length));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Setpci_ThroughAnotherMount_IsDeniedByTheGuard(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        Assert.NotEqual("", step.Errors("around-mount"));
        Assert.Equal(step.Lines("before")[..1], step.Lines("after-mount"));
        Assert.Contains(step.Events("events"), e => e.Sensor is "guard" && e.Caller?.Pid == step.Pid("around-mount") && $"{e.Function}" is "0000:0d:00.0");
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Setpci_InAnotherNetworkNamespace_IsSeenByTheProbe(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");
        Assert.Equal(["0c"], step.Lines("after-network")); // it went around the binds indeed

        FleetEvent bypass = Assert.Single(step.Events("events"), e => e.Kind is EventKinds.ContentionBypass && e.Caller?.Pid == step.Pid("around-network"));

        Assert.Equal("kprobe", bypass.Sensor);
        Assert.Equal("0000:0d:00.0", $"{bypass.Function}");
        Assert.Equal((AccessOperation.Write, InterruptLine, 1), (bypass.Operation, bypass.Offset, bypass.Length));
        Assert.Equal("setpci", bypass.Caller!.Comm);
    }
}
