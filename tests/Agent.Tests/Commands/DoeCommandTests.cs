using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Local;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Pci.Cxl;

namespace Fleet.Agent.Tests.Commands;

/// <summary>'doe' against a real agent with mailboxes that answer.</summary>
public sealed class DoeCommandTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    private MailboxFacts Cdat => Mailboxes.First(m => m.Features.Contains("1e98:02"));

    private MailboxFacts Spdm => Mailboxes.First(m => m.Features.Contains("0001:01"));

    private IReadOnlyList<MailboxFacts> Mailboxes => agent.Host.Broker.Mailboxes(Pci.PciAddress.Parse(agent.Expander));

    [Fact]
    public async Task Discover_Mailbox_NamesItsFeatures()
    {
        (int code, string output, _) = await agent.RunAsync($"doe discover {agent.Expander} 0x{Cdat.Offset:x}");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("1e98:02  CXL table access (CDAT)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discover_SeveralMailboxes_AsksWhichOne()
    {
        (int code, _, string error) = await agent.RunAsync($"doe discover {agent.Expander}");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains($"0x{Spdm.Offset:x3}", error, StringComparison.Ordinal);
        Assert.Contains($"0x{Cdat.Offset:x3}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_GetVersion_ShowsTheResponse()
    {
        (int code, string output, _) = await agent.RunAsync($"doe exchange {agent.Expander} 0x{Spdm.Offset:x} 0001:01 --hex \"10 84 00 00\"");

        Assert.Equal(ExitCodes.Done, code);
        Assert.StartsWith("0000: 10 04", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_FileInAndOut_CarriesBytes()
    {
        using TemporaryDirectory directory = new();
        await File.WriteAllBytesAsync(directory.File("in"), [0x10, 0x84, 0, 0], TestContext.Current.CancellationToken);

        (int code, _, string error) = await agent.RunAsync(
            $"doe exchange {agent.Expander} 0x{Spdm.Offset:x} 0001:01 --file {directory.File("in")} --out {directory.File("out")}");

        Assert.True(code is ExitCodes.Done, error);
        Assert.Equal([0x10, 0x04], (await File.ReadAllBytesAsync(directory.File("out"), TestContext.Current.CancellationToken))[..2]);
    }

    [Fact]
    public async Task Exchange_NoMailboxThere_SaysWhereOnesAre()
    {
        (int code, _, string error) = await agent.RunAsync($"doe exchange {agent.Expander} 0x400 0001:01 --hex 10840000");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("no DOE mailbox at 0x400", error, StringComparison.Ordinal);
        Assert.Contains($"0x{Spdm.Offset:x3}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_FeatureNobodySpeaks_FailsWithTheDevicesReason()
    {
        (int code, string output, string error) = await agent.RunAsync($"doe exchange {agent.Expander} 0x{Spdm.Offset:x} 1234:56 --hex 00000000 --json");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.False(JsonSerializer.Deserialize<LocalExchangeAnswer>(output, FleetJson.Options)!.Succeeded);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Cdat_WithoutOffset_FindsTheMailboxAndDecodesTheTable()
    {
        (int code, string output, _) = await agent.RunAsync($"doe cdat {agent.Expander}");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("DSMAS", output, StringComparison.Ordinal);
        Assert.Contains("read latency", output, StringComparison.Ordinal);
        Assert.DoesNotContain("! ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cdat_Json_HasTypedStructuresAndTheBytes()
    {
        (_, string json, _) = await agent.RunAsync($"doe cdat {agent.Expander} 0x{Cdat.Offset:x} --json");
        LocalCdat cdat = JsonSerializer.Deserialize(json, AgentJson.Type<LocalCdat>())!;

        Assert.Contains(cdat.Structures, s => s is CdatMemoryRange { Size: > 0 });
        Assert.True(CdatTable.TryParse(Convert.FromHexString(cdat.Raw), out CdatTable table));
        Assert.Equal(cdat.Structures.Count, table.Structures.Length);
    }

    [Fact]
    public async Task Cdat_MailboxThatDoesNotSpeakIt_IsNotDriven()
    {
        (int code, _, string error) = await agent.RunAsync($"doe cdat {agent.Expander} 0x{Spdm.Offset:x}");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("does not speak 1e98:02", error, StringComparison.Ordinal);
    }
}
