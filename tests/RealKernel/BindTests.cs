using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>Plain pciutils under the agent's binds: on every function of the machine nothing may look otherwise.</summary>
public sealed class BindTests(Machines machines)
{
    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Lspci_UnderBind_DiffersInNoLine(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        Assert.Equal("bind", step.Json<LocalState>("state").Facts.Intercept);
        Assert.Equal(step.Lines("lspci-before"), step.Lines("lspci-bound"));
        Assert.Equal(step.Lines("proc-before"), step.Lines("proc-bound"));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Stop_UnderBind_LeavesNothingBehind(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        Assert.Equal("0", step.Text("agent.status"));
        Assert.DoesNotContain(step.Lines("mounts-after"), line => line.Contains("pcifleet", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Tools_TwoAtOneMailbox_GetTheirOwnAnswers(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        Assert.Equal(["right=140"], step.Lines("tool1"));
        Assert.Equal(["right=140"], step.Lines("tool2"));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Tools_TwoAtOneMailboxWithoutAnAgent_DisturbEachOther(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("15-no-agent");

        Assert.True(step.Status("tool1") is not 0 || step.Status("tool2") is not 0, $"{step.Output("tool1")}, {step.Output("tool2")}");
    }
}
