using Fleet.Contracts;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Server.Tests;

/// <summary>What an agent's disk does not take is shown while it is so (dcgm-exporter#500: an error that was shown for ever).</summary>
[Collection(SharedServer.Name)]
public sealed class AgentDiskTests(TestServer server) : IDisposable
{
    private const string Trouble = "The disk does not take events, which wait in memory within bounds: database or disk is full.";
    private readonly Gate _gate = new(server);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task DcgmExporter500_DiskRefuses_IsOnTheHostAndInTheOverviewUntilItTakesAgain()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "disk-full");
        await agent.ConnectAsync();

        await ReportAsync(agent, Trouble);
        Assert.Equal(Trouble, (await _gate.HostAsync(agent.Id)).Value.SpoolTrouble);
        AttentionItem item = Assert.Single((await _gate.Api.GetOverviewAsync(TestContext.Current.CancellationToken)).Attention, item => item.Subject is "disk-full");
        Assert.Equal(("warn", Trouble, $"/hosts/{agent.Id}"), (item.Severity, item.Cause, item.Link));

        await ReportAsync(agent, null);
        Assert.Null((await _gate.HostAsync(agent.Id)).Value.SpoolTrouble);
        Assert.DoesNotContain((await _gate.Api.GetOverviewAsync(TestContext.Current.CancellationToken)).Attention, item => item.Subject is "disk-full");
    }

    [Fact]
    public async Task ReportState_TroubleWithoutEnd_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "disk-endless");
        await agent.ConnectAsync();

        HubException refused = await Assert.ThrowsAsync<HubException>(() => ReportAsync(agent, new string('x', 10_000)));

        Assert.Contains("spoolTrouble is too long", refused.Message, StringComparison.Ordinal);
        Assert.Null((await _gate.HostAsync(agent.Id)).Value.SpoolTrouble);
    }

    private static Task ReportAsync(TestAgent agent, string? trouble) => agent.Hub.InvokeAsync(
        nameof(IAgentHub.ReportState), new StateReport(0, [], [], 0, null, trouble), TestContext.Current.CancellationToken);
}
