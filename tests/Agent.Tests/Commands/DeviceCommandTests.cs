using System.Text.Json;
using Fleet.Agent.Commands;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'devices', 'device', 'state' and 'doctor' against a real agent.</summary>
public sealed class DeviceCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    [Fact]
    public async Task Devices_Table_ShowsMailboxesOwnerAndClaims()
    {
        (int code, string output, _) = await agent.RunAsync("devices");

        Assert.Equal(ExitCodes.Done, code);
        string line = output.Split('\n').First(l => l.StartsWith(agent.Expander, StringComparison.Ordinal));
        Assert.Contains("broker", line, StringComparison.Ordinal);
        Assert.Matches(@"0x[0-9a-f]{3} 0x[0-9a-f]{3} +broker +2 ", line);
    }

    [Fact]
    public async Task Devices_Selector_ShowsWhatItSelects()
    {
        (_, string json, _) = await agent.RunAsync("devices doe:\"1e98:02\" --json");
        FunctionFacts[] found = JsonSerializer.Deserialize<FunctionFacts[]>(json, FleetJson.Options)!;

        Assert.NotEmpty(found);
        Assert.All(found, f => Assert.Contains(f.Mailboxes, m => m.Features.Contains("1e98:02")));
    }

    [Fact]
    public async Task Devices_SelectorMatchesNothing_SaysSo()
    {
        (int code, string output, _) = await agent.RunAsync("devices driver:none-such");

        Assert.Equal((ExitCodes.Done, "No function matches driver:none-such.\n"), (code, output));
    }

    [Fact]
    public async Task Devices_WrongSelector_SaysWhereAndWhatItTakes()
    {
        (int code, _, string error) = await agent.RunAsync("devices clas:0108");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("position 0", error, StringComparison.Ordinal);
        Assert.Contains("class", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_ShortAddress_ShowsEverything()
    {
        (int code, string output, _) = await agent.RunAsync($"device {agent.Expander[5..]}");

        Assert.Equal(ExitCodes.Done, code);
        Assert.StartsWith(agent.Expander, output, StringComparison.Ordinal);
        foreach (string part in new[] { "Map", "Mailboxes", "Claims", "Touched lately", "Registers", "1e98:02 CXL table access (CDAT)", "Command = 0x", "bus master", "[0x100]" })
        {
            Assert.Contains(part, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Completion_Address_ComesFromTheAgent()
    {
        string line = $"device --run {agent.Run} {agent.Expander[..^2]}";

        Assert.Contains(AgentCommands.Create().Parse(line).GetCompletions(line.Length), c => c.Label == agent.Expander);
    }

    [Fact]
    public async Task Device_Brief_LeavesTheRegistersOut()
    {
        (_, string output, _) = await agent.RunAsync($"device {agent.Expander} --brief");

        Assert.DoesNotContain("Registers", output, StringComparison.Ordinal);
        Assert.Contains("Mailboxes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_Json_HasFactsDecodedAndClaims()
    {
        (_, string json, _) = await agent.RunAsync($"device {agent.Expander} --json");
        LocalFunction function = JsonSerializer.Deserialize<LocalFunction>(json, FleetJson.Options)!;

        Assert.Equal(agent.Expander, function.Facts.Address.ToString());
        Assert.Equal(function.Facts.Capabilities.Count + 1, function.Decoded.Count);
        Assert.Equal(2, function.Claims.Count(c => c.Source is ClaimSource.Default));
        Assert.Contains(function.Touches!, t => t.Reads > 0); // Discovery was an access too.
    }

    [Fact]
    public async Task Device_NotThere_NamesTheNearest()
    {
        (int code, _, string error) = await agent.RunAsync($"device {agent.Expander[..^1]}7");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains($"Nearest to it: {agent.Expander}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ToAFile_HasNoCursorCodes()
    {
        foreach (string command in new[] { "devices", $"device {agent.Expander}", "claims", "who --once --interval 0.1", "doctor", "state" })
        {
            (_, string output, _) = await agent.RunAsync(command);
            Assert.DoesNotContain('\u001b', output);
        }
    }

    [Fact]
    public async Task State_Text_SaysWhereThingsAre()
    {
        (int code, string output, _) = await agent.RunAsync("state");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains(agent.Socket, output, StringComparison.Ordinal);
        Assert.Contains("not connected", output, StringComparison.Ordinal);
    }
}
