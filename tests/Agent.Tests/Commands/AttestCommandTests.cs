using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Spdm;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'attest' of a function through its mailbox, by a real agent over its socket.</summary>
public sealed class AttestCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    private SimulatedMailbox Mailbox => agent.ExpanderModel.Mailboxes.First(m => m.Spdm is not null);

    [Fact]
    public async Task Attest_AFunction_IsTrustedAgainstItsRecordUntilItIsTamperedWith()
    {
        using TemporaryDirectory directory = new();
        string file = directory.File("device.json");

        (int recorded, string first, string error) = await agent.RunAsync($"attest {agent.Expander} --anchor {agent.Anchor} --record {file}");
        (int good, string json, string goodError) = await agent.RunAsync($"attest {agent.Expander} --mailbox 0x{Mailbox.Offset:x} --anchor {agent.Anchor} --reference {file} --json");
        agent.ExpanderModel.SetFault(Mailbox.Spdm!, ResponderFault.Tampered);
        (int bad, string text, _) = await agent.RunAsync($"attest {agent.Expander} --anchor {agent.Anchor} --reference {file}");
        agent.ExpanderModel.SetFault(Mailbox.Spdm!, ResponderFault.None);

        Assert.True(recorded is ExitCodes.Refused, first + error); // Nothing to hold it against yet: unknown.
        Assert.True(good is ExitCodes.Done, json + goodError);
        using JsonDocument report = JsonDocument.Parse(json);
        Assert.Equal("trusted", report.RootElement.GetProperty("verdict").GetString());
        Assert.True(report.RootElement.GetProperty("quiet").GetBoolean());
        Assert.Equal($"{agent.Expander} mailbox 0x{Mailbox.Offset:x3}", report.RootElement.GetProperty("responder").GetString());
        Assert.StartsWith("Vendor=", report.RootElement.GetProperty("functionName").GetString(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, bad);
        Assert.Contains("Measurement 0x02 is", text, StringComparison.Ordinal);
        Assert.Empty(agent.Host.Broker.Holds());
    }

    [Fact]
    public async Task Attest_AMailboxThatDoesNotSpeakSpdm_SaysSo()
    {
        MailboxFacts other = agent.Host.Broker.Mailboxes(Pci.PciAddress.Parse(agent.Expander)).First(m => !m.Features.Contains("0001:01"));

        (int code, _, string error) = await agent.RunAsync($"attest {agent.Expander} --mailbox 0x{other.Offset:x}");

        Assert.Equal(ExitCodes.NoAgent, code);
        Assert.Contains("known to speak 0001:01", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attest", "Say once")]
    [InlineData("attest 01:00.0 --spdm-socket 127.0.0.1:1", "Say once")]
    [InlineData("attest nowhere", "not a PCI address")]
    public async Task Attest_WrongCommandLine_IsExplained(string line, string said)
    {
        (int code, _, string error) = await agent.RunAsync(line);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attest_AFunctionThatIsNotThere_SaysSo()
    {
        (int code, _, string error) = await agent.RunAsync("attest 7f:00.0");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("7f:00.0", error, StringComparison.Ordinal);
    }
}
