using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>pciutils through the agent's mirror of a real kernel's functions.</summary>
public sealed class MirrorTests(Machines machines)
{
    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Lspci_ThroughTheMirror_DiffersInNoLine(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("20-mirror");

        Assert.Equal(step.Lines("lspci-direct"), step.Lines("lspci-mirror"));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Stop_OfTheAgent_LeavesNoMount(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("20-mirror");

        Assert.Equal("0", step.Text("agent.status"));
        Assert.DoesNotContain(step.Lines("mounts-after"), line => line.Contains("pcifleet", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Write_AmidAFloodOfReadsPastTheAgent_IsSeen(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("20-mirror");
        Assert.NotEqual("0", step.Output("flood")); // there was one

        FleetEvent bypass = Assert.Single(step.Events("events"), e => e.Kind is EventKinds.ContentionBypass && e.Caller?.Pid == step.Pid("flood-write") && e.Operation is AccessOperation.Write);

        Assert.Equal(("kprobe", 0x3c, "setpci"), (bypass.Sensor, bypass.Offset, bypass.Caller!.Comm));
    }
}
