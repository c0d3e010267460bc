using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Mailboxes;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'recorder' and 'quarantine' against a real agent whose mailbox breaks.</summary>
public sealed class RecorderCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    private SimulatedMailbox Broken => agent.ExpanderModel.Mailboxes[1];

    [Fact]
    public async Task List_AfterAnExchange_HasItAndShowDrawsIt()
    {
        await agent.RunAsync($"doe discover {agent.Expander} 0x{agent.ExpanderModel.Mailboxes[0].Offset:x}");
        (_, string list, _) = await agent.RunAsync($"recorder list {agent.Expander}");
        string last = list.TrimEnd().Split('\n').Last(l => l.Contains("0001:00", StringComparison.Ordinal));
        (int code, string drawing, _) = await agent.RunAsync($"recorder show {last.Split(' ')[0]}");

        Assert.Equal(ExitCodes.Done, code);
        Assert.EndsWith("ok", last.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("0001:00 DOE discovery", drawing, StringComparison.Ordinal);
        Assert.Contains("├─ request, 3 dwords ────────▶│", drawing, StringComparison.Ordinal);
        Assert.Contains("│◀ ok ───", drawing, StringComparison.Ordinal);
        Assert.All(drawing.Split('\n').Where(l => l.StartsWith('│') && l.EndsWith('│')), l => Assert.Equal(61, l.Length));
    }

    [Theory]
    [InlineData("recorder show 0d:00.0/0x600#99999", "it has")]
    [InlineData("recorder show nothing", "has no bundle 'nothing'")]
    [InlineData("recorder list 0000:7f:00.0", "Nearest to it")]
    public async Task Show_NotThere_SaysWhatIs(string line, string expected)
    {
        (int code, _, string error) = await agent.RunAsync(line);

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantine_FailedAbort_IsFrozenShownExportedAndReleased()
    {
        agent.ExpanderModel.SetFault(Broken, MailboxFault.AbortNeverCompletes);
        string mailbox = $"{agent.Expander} 0x{Broken.Offset:x}";
        (int failed, _, string why) = await agent.RunAsync($"doe exchange {mailbox} 0001:01 --hex 10840000");
        (_, string devices, _) = await agent.RunAsync("devices");
        (_, string json, _) = await agent.RunAsync("recorder bundles --json");
        RecordedBundle bundle = JsonSerializer.Deserialize<RecordedBundle[]>(json, FleetJson.Options)!.Last(b => b.Offset == Broken.Offset);
        (_, string drawing, _) = await agent.RunAsync($"recorder show {bundle.Id}");
        (int refused, _, string still) = await agent.RunAsync($"quarantine release {mailbox} --reason \"too early\"");
        agent.ExpanderModel.SetFault(Broken, MailboxFault.None);
        (int released, _, string error) = await agent.RunAsync($"quarantine release {mailbox} --reason \"card was reset\"");
        (int works, _, _) = await agent.RunAsync($"doe exchange {mailbox} 0001:01 --hex 10840000");

        Assert.True(failed is ExitCodes.Refused, why);
        Assert.Contains($"0x{Broken.Offset:x3}(quarantined)", devices, StringComparison.Ordinal);
        Assert.Contains(bundle.Fault, drawing, StringComparison.Ordinal);
        Assert.True(refused is ExitCodes.Refused, still);
        Assert.True(released is ExitCodes.Done, error);
        Assert.Equal(ExitCodes.Done, works);
        await ExportsAsync(bundle);
    }

    private async Task ExportsAsync(RecordedBundle bundle)
    {
        using TemporaryDirectory directory = new();
        (int code, string output, _) = await agent.RunAsync($"recorder export {bundle.Id} --out {directory.File("bundle.json")}");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains(directory.File("bundle.json"), output, StringComparison.Ordinal);
        string text = await File.ReadAllTextAsync(directory.File("bundle.json"), TestContext.Current.CancellationToken);
        Assert.Equal(bundle.Id, JsonSerializer.Deserialize<RecordedBundle>(text, FleetJson.Options)!.Id);
    }
}
