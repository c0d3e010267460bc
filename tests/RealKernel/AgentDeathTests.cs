using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>The agent is killed with -9, four times a machine, while a program drives a mailbox through its binds.</summary>
public sealed class AgentDeathTests(Machines machines)
{
    private const string Identity = "0d938086";

    private static readonly (AgentLossAction Action, int Kills)[] Lives = [(AgentLossAction.Wait, 2), (AgentLossAction.Open, 1), (AgentLossAction.Closed, 1)];

    public static TheoryData<string, string, int> Deaths
    {
        get
        {
            TheoryData<string, string, int> deaths = [];
            foreach (string machine in new[] { Machines.Stable, Machines.Newest })
            {
                foreach ((AgentLossAction action, int kills) in Lives)
                {
                    for (int kill = 1; kill <= kills; kill++)
                    {
                        deaths.Add(machine, $"{action}".ToLowerInvariant(), kill);
                    }
                }
            }

            return deaths;
        }
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Read_WithoutAnAgent_IsAsTheActionSays(string machine, string action, int kill)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        // open: the kernel answered; wait: the next agent did; closed: nobody, and setpci prints ones for it.
        Assert.Equal(action is "closed" ? "ffffffff" : Identity, step.Lines($"{action}-{kill}-meanwhile")[0]);
        Assert.Equal(action is "closed", step.Errors($"{action}-{kill}-meanwhile").Length > 0);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Agent_AfterAKill_ServesFunctionAndMailboxAgain(string machine, string action, int kill)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        Assert.Equal([Identity], step.Lines($"{action}-{kill}-after"));
        Assert.Contains("\"succeeded\":true", step.Output($"{action}-{kill}-exchange"), StringComparison.Ordinal);
        Assert.True(step.Has($"{action}-{kill}-tool"), "The program that drove the mailbox hangs: it did not end when it was told to.");
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Stop_AfterKills_LeavesNoMountAndNoDifference(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("40-death");

        Assert.All(Lives, life =>
            Assert.DoesNotContain(step.Lines($"{life.Action}-mounts".ToLowerInvariant()), line => line.Contains("pcifleet", StringComparison.Ordinal)));
        Assert.Equal(step.Lines("lspci-before"), step.Lines("lspci-after"));
    }
}
