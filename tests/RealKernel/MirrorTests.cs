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
}
