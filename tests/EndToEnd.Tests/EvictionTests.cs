using System.Security.Cryptography.X509Certificates;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Server.Tests.Identity;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>A real agent that an operator takes out: cut within five seconds, told why, and back only as it may be.</summary>
[Collection(IdentityServer.Shared)]
public sealed class EvictionTests(IdentityServer identities, ITestOutputHelper output)
{
    /// <summary>What the product promises.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    private ServerUnderTest Server => identities.Server;

    [Theory]
    [InlineData(Refusals.Evicted, "fleet-server token create")]
    [InlineData(Refusals.Banned, "until an operator readmits it")]
    public async Task Act_RealAgent_IsCutWithinFiveSecondsAndItsTicketIsUseless(string state, string advice)
    {
        await using AgentUnderTest agent = new($"cut-{state}", Server.Agents);
        string token = await Server.TokenAsync(uses: 5);
        await agent.StartConnectedAsync(token);
        HostView host = await identities.HostOfAsync(agent);
        using X509Certificate2 certificate = agent.Certificate();
        using OpensslClient ticket = new(new Uri(Server.Agents), certificate);
        Assert.Contains("HTTP/1.1 101", await ticket.AskAsync(resume: false));
        IReadOnlyCollection<int> connections = Connections.To(new Uri(Server.Agents).Port);
        Assert.NotEmpty(connections);

        await ActAsync(host.Id, state);
        FairClock clock = new();
        await agent.UntilAsync(now => !now.Connected && now.Link?.Refusal == state, $"it knew that it is {state}");
        await agent.Daemon.UntilAsync(() => !Connections.To(new Uri(Server.Agents).Port).Intersect(connections).Any(), WaitFor.Patience, "the server's connections were gone");
        output.WriteLine($"{state}: cut and told {clock.Elapsed.TotalMilliseconds:0} ms after the answer to the request");
        Assert.True(clock.Keeps(Promise), $"cut and told only after {clock.Elapsed}");

        Assert.Contains($"refuses this host ({state})", agent.Said, StringComparison.Ordinal);
        Assert.Contains(advice, agent.Said, StringComparison.Ordinal);
        string resumed = await ticket.AskAsync(resume: true);
        Assert.DoesNotContain("Reused", resumed, StringComparison.Ordinal);
        Assert.Contains($"{LinkProtocol.RefusalHeader}: {state}", resumed, StringComparison.Ordinal);

        // The token that admitted it has uses left: an operator who took it out did not mean that.
        await agent.StopAsync();
        agent.Start(token);
        await agent.UntilAsync(now => now.Link?.Refusal == state, "it was refused with the token of old");
        Assert.DoesNotContain("again as", agent.Said, StringComparison.Ordinal);
        await agent.StopAsync();
        agent.Start(await Server.TokenAsync());
        if (state is Refusals.Evicted)
        {
            await agent.ConnectedAsync();
            Assert.Equal(host.Id, (await identities.HostOfAsync(agent)).Id);
            Assert.Equal("live", (await identities.HostAsync(host.Id)).State);
            Assert.Contains($"{LinkProtocol.RefusalHeader}: {Refusals.Superseded}", await ticket.AskAsync(resume: true), StringComparison.Ordinal);
            return;
        }

        // Nor does it come in as another that has this machine's id, until it is readmitted.
        await agent.UntilAsync(now => now.Link?.Refusal == state, "it was refused with a new token too");
        await agent.StopAsync();
        agent.Forget();
        string another = await Server.TokenAsync();
        agent.Start(another);
        Assert.NotEqual(0, await agent.Daemon.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("is banned", agent.Said, StringComparison.Ordinal);
        Assert.Contains("An operator can readmit", agent.Said, StringComparison.Ordinal);
        Tagged<HostView> banned = await Server.Api.GetHostAsync(host.Id, TestContext.Current.CancellationToken);
        await Server.Api.ReadmitHostAsync(host.Id, "it was found", banned.ETag, TestContext.Current.CancellationToken);
        await agent.StopAsync();
        await agent.StartConnectedAsync(another);
    }

    private async Task ActAsync(HostId id, string state)
    {
        Tagged<HostView> host = await Server.Api.GetHostAsync(id, TestContext.Current.CancellationToken);
        _ = state is Refusals.Banned
            ? await Server.Api.BanHostAsync(id, "it was stolen", host.ETag, TestContext.Current.CancellationToken)
            : await Server.Api.EvictHostAsync(id, "it was stolen", host.ETag, TestContext.Current.CancellationToken);
    }
}
