using System.Diagnostics;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'hold' against a real agent.</summary>
public sealed class HoldCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    [Fact]
    public async Task Take_ForAProcess_IsListedAndEnded()
    {
        using Process other = await Programs.RunAsync("sleep", "600");
        try
        {
            (int taken, _, string error) = await agent.RunAsync($"hold take {agent.Expander} --reason update --for 20s --pid {other.Id}");
            (_, string list, _) = await agent.RunAsync("hold list");
            (int ended, string output, _) = await agent.RunAsync($"hold end {Assert.Single(agent.Host.Broker.Holds()).Id}");

            Assert.True(taken is ExitCodes.Done, error);
            Assert.Contains($"sleep {other.Id}", list, StringComparison.Ordinal);
            Assert.Contains("update", list, StringComparison.Ordinal);
            Assert.Equal(ExitCodes.Done, ended);
            Assert.Contains($"sleep {other.Id}", output, StringComparison.Ordinal);
            Assert.Empty(agent.Host.Broker.Holds());
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task Take_WithoutPid_StaysUntilInterruptedAndGivesBack()
    {
        int code = await agent.InterruptAsync($"hold take {agent.Expander} --reason mine", "Held until");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Empty(agent.Host.Broker.Holds());
    }

    [Theory]
    [InlineData("hold take 0d:00.0 --reason r --for 10m --pid 1", "at most")]
    [InlineData("hold take 0d:00.7 --reason r", "Nearest")]
    [InlineData("hold end nothing", "no hold 'nothing'")]
    public async Task Hold_BadInput_IsRefusedWithAReason(string line, string expected)
    {
        (int code, _, string error) = await agent.RunAsync(line);

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
