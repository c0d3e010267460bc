using System.Diagnostics;
using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'claim', 'claims' and 'release' against a real agent.</summary>
public sealed class ClaimCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    [Theory]
    [InlineData("0x40+8", 1)]
    [InlineData("--capability pcie", 1)]
    [InlineData("--ext aer", 1)]
    [InlineData("--ext 0x0001", 1)]
    [InlineData("--bar 0", 1)]
    public async Task Claim_EachForm_IsListedAndReleased(string region, int count)
    {
        ClaimFacts[] claims = await ClaimAsync(region);
        (_, string listed, _) = await agent.RunAsync($"claims {agent.Expander}");

        Assert.Equal(count, claims.Length);
        Assert.All(claims, c => Assert.Contains(c.Id, listed, StringComparison.Ordinal));
        foreach (ClaimFacts claim in claims)
        {
            (int code, string output, _) = await agent.RunAsync($"release {claim.Id}");
            Assert.Equal(ExitCodes.Done, code);
            Assert.Contains("Released", output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(agent.Host.Claims(), c => c.Source is ClaimSource.Local);
    }

    [Theory]
    [InlineData("--ext 0x00ff", "has no such region")]
    [InlineData("--bar 9", "base address register")]
    [InlineData("--doe 0x400", "has no DOE mailbox at 0x400")]
    [InlineData("--capability nonsense", "is unknown")]
    [InlineData("0xff8+16", "is not within")]
    public async Task Claim_RegionThatIsNot_SaysWhy(string region, string expected)
    {
        (int code, _, string error) = await agent.RunAsync($"claim {agent.Expander} {region} --reason r --pid {Environment.ProcessId}");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_MailboxesOfTheBroker_AreRefusedNamingIt()
    {
        (int code, _, string error) = await agent.RunAsync($"claim {agent.Expander} --doe --reason r --pid {Environment.ProcessId}");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("held by broker", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claim_SecondOfSeveralRegionsIsHeld_LeavesNoneBehind()
    {
        using Process other = await Programs.RunAsync("sleep", "600");
        try
        {
            (_, string json, _) = await agent.RunAsync($"claim {agent.Expander} 0x14+4 --reason other --pid {other.Id} --json");
            (int code, _, string error) = await agent.RunAsync($"claim {agent.Expander} --bar all --reason r --pid {Environment.ProcessId}");

            Assert.Equal(ExitCodes.Refused, code);
            Assert.Contains($"sleep {other.Id}", error, StringComparison.Ordinal);
            ClaimFacts left = Assert.Single(agent.Host.Claims(), c => c.Source is ClaimSource.Local);
            Assert.Contains(left.Id, json, StringComparison.Ordinal);
        }
        finally
        {
            other.Kill();
        }

        await WaitFor.TrueAsync(() => agent.Host.Claims().All(c => c.Source is not ClaimSource.Local));
    }

    [Fact]
    public async Task Claim_WithoutPid_StaysUntilInterruptedAndGivesBack()
    {
        int code = await agent.InterruptAsync($"claim {agent.Expander} 0x50+4 --reason bench --for 10m", "Held until");

        Assert.Equal(ExitCodes.Done, code);
        Assert.DoesNotContain(agent.Host.Claims(), c => c.Offset is 0x50 && c.Source is ClaimSource.Local);
    }

    [Fact]
    public async Task Claim_Shared_AdmitsOthersWhoShareAndNobodyElse()
    {
        using Process other = await Programs.RunAsync("sleep", "600");
        try
        {
            (int first, _, _) = await agent.RunAsync($"claim {agent.Expander} 0x70+4 --shared --reason one --pid {other.Id}");
            (int second, _, string error) = await agent.RunAsync($"claim {agent.Expander} 0x70+4 --shared --reason two --pid {Environment.ProcessId}");
            (int alone, _, _) = await agent.RunAsync($"claim {agent.Expander} 0x70+4 --reason three --pid 1");

            Assert.True((first, second, alone) is (ExitCodes.Done, ExitCodes.Done, ExitCodes.Refused), error);
        }
        finally
        {
            other.Kill();
            foreach (ClaimFacts claim in agent.Host.Claims().Where(c => c.Offset is 0x70))
            {
                await agent.RunAsync($"release {claim.Id}");
            }
        }
    }

    [Fact]
    public async Task Claim_Wait_IsKeptAsAsked()
    {
        (_, string json, string error) = await agent.RunAsync(
            $"claim {agent.Expander} 0x90+4 --on-write wait --wait 1.5s --on-read ones --reason slow --pid {Environment.ProcessId} --json");
        ClaimFacts claim = Assert.Single(JsonSerializer.Deserialize<ClaimFacts[]>(json.Length > 0 ? json : throw new InvalidOperationException(error), FleetJson.Options)!);
        await agent.RunAsync($"release {claim.Id}");

        Assert.Equal((ClaimAction.Ones, ClaimAction.Wait, 1500), (claim.OnRead, claim.OnWrite, claim.WaitMilliseconds));
    }

    [Fact]
    public async Task Claim_ForAProcessThatIsNot_IsRefused()
    {
        (int code, _, string error) = await agent.RunAsync($"claim {agent.Expander} 0x40+8 --reason bench --pid 2147483646");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("2147483646", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Release_Unknown_IsRefused()
    {
        (int code, _, string error) = await agent.RunAsync("release nothing");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("nothing", error, StringComparison.Ordinal);
    }

    private async Task<ClaimFacts[]> ClaimAsync(string region)
    {
        (int code, string json, string error) = await agent.RunAsync(
            $"claim {agent.Expander} {region} --reason bench --for 5m --pid {Environment.ProcessId} --json");
        Assert.True(code is ExitCodes.Done, error);
        return JsonSerializer.Deserialize<ClaimFacts[]>(json, FleetJson.Options)!;
    }
}
