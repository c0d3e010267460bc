using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>The agent is killed with -9, six times over both machines, while a program drives a mailbox through its binds.</summary>
public sealed class AgentDeathTests(Machines machines)
{
    private const string Identity = "0d938086";

    public static TheoryData<string, string> Deaths => new()
    {
        { Machines.Stable, "wait" }, { Machines.Stable, "open" }, { Machines.Stable, "closed" },
        { Machines.Newest, "wait" }, { Machines.Newest, "open" },
    };

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Read_WithoutAnAgent_IsAsTheActionSays(string machine, string action)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        // open: the kernel answered; wait: the next agent did; closed: nobody, and setpci prints ones for it.
        Assert.Equal(action is "closed" ? "ffffffff" : Identity, step.Lines($"{action}-meanwhile")[0]);
        Assert.Equal(action is "closed", step.Errors($"{action}-meanwhile").Length > 0);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Agent_AfterAKill_ServesFunctionAndMailboxAgain(string machine, string action)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        Assert.Equal([Identity], step.Lines($"{action}-after"));
        Assert.Contains("\"succeeded\":true", step.Output($"{action}-exchange"), StringComparison.Ordinal);
        // Whatever the last one left of its probes, and whoever is at work meanwhile.
        Assert.True(step.Json<LocalState>($"{action}-state").Facts.Sensors.Single(sensor => sensor.Name is "kprobe").Works);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Tool_AmidExchanges_GoesOnUnderWaitAndElseEnds(string machine, string action)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        Assert.True(step.Has($"{action}-tool"), "The program that drove the mailbox hangs, or its file led nowhere after the next agent took over.");
        Assert.Equal(action is "wait" ? "went on" : "ended", step.Text($"{action}-tool"));
    }

    [Fact]
    public async Task GuardEnd_WithoutAnAgent_TakesTheMountsOff()
    {
        StepRecord step = (await machines.BootAsync(Machines.Newest)).Step("40-death");
        Assert.Equal("ffffffff", step.Lines("end-meanwhile")[0]); // closed until somebody says otherwise

        Assert.Equal(0, step.Status("end"));
        Assert.Equal("", step.Errors("end"));
        Assert.Equal([Identity], step.Lines("end-after"));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Stop_AfterKills_LeavesNoMountAndNoDifference(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        Assert.DoesNotContain(step.Lines("mounts-after"), line => line.Contains("pcifleet", StringComparison.Ordinal));
        Assert.Equal(step.Lines("lspci-before"), step.Lines("lspci-after"));
    }
}
