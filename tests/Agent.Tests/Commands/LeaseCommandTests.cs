using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'lease' against a real agent: what it lets through, and until when.</summary>
public sealed class LeaseCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    private static readonly Caller Tool = new() { Pid = 4711, StartTime = 99, Uid = 1000, Comm = "tool", Exe = "/usr/bin/tool" };

    [Fact]
    public async Task Grant_ForAnExecutable_LetsItThroughUntilEnded()
    {
        Claim(0x40);
        AccessStatus before = Write(0x40);
        (int granted, _, string error) = await agent.RunAsync($"lease grant {agent.Expander} --exe /usr/bin/tool --for 10m --reason INC-1");
        AccessStatus during = Write(0x40);
        (_, string list, _) = await agent.RunAsync("lease list");
        (int ended, string output, _) = await agent.RunAsync($"lease end {Assert.Single(agent.Host.Broker.Leases()).Id}");

        Assert.True(granted is ExitCodes.Done, error);
        Assert.Equal((AccessStatus.Refused, AccessStatus.Done, AccessStatus.Refused), (before, during, Write(0x40)));
        Assert.Contains("INC-1", list, StringComparison.Ordinal);
        Assert.Contains("/usr/bin/tool", list, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, ended);
        Assert.Contains("used 1 times", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lease grant 0d:00.0 --for 1h --reason r", ExitCodes.Usage, "Say whom")]
    [InlineData("lease grant 0d:00.0 --uid 0 --pid 1 --for 1h --reason r", ExitCodes.Usage, "Say whom")]
    [InlineData("lease grant 0d:00.0 --uid 0 --for soon --reason r", ExitCodes.Usage, "is not a duration")]
    [InlineData("lease grant 0d:00.0 --uid 0 --for 9000h --reason r", ExitCodes.Refused, "at most")]
    [InlineData("lease grant 0d:00.7 --uid 0 --for 1h --reason r", ExitCodes.Refused, "Nearest")]
    [InlineData("lease grant every --pid 2147483646 --for 1h --reason r", ExitCodes.Refused, "2147483646")]
    [InlineData("lease end nothing", ExitCodes.Refused, "nothing")]
    public async Task Lease_BadInput_IsRefusedWithAReason(string line, int expected, string words)
    {
        (int code, _, string error) = await agent.RunAsync(line);

        Assert.Equal(expected, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private void Claim(int offset) => Assert.True(agent.Host.Broker.Claim(
        new ClaimRequest { Function = PciAddress.Parse(agent.Expander), Offset = offset, Length = 4, Reason = "test" },
        Agent.Linux.CallerReader.Read(Environment.ProcessId, 0, out _)).Succeeded);

    private AccessStatus Write(int offset)
    {
        Assert.True(agent.Host.Broker.TryGet(PciAddress.Parse(agent.Expander), out BrokeredFunction? function));
        return agent.Host.Broker.Write(function, offset, new byte[4], Tool).Status;
    }
}
