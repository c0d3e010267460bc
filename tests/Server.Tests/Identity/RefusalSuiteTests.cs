using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Identity;

/// <summary>
/// Every reason to refuse an agent, each by real TLS and against the link that ships: the server's audit log has the reason, and the agent's own log tells its
/// operator the reason and what to do.
/// </summary>
public sealed class RefusalSuiteTests(TestServer server) : IClassFixture<TestServer>
{
    private const string NewToken = "fleet-server token create";
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CertificateAuthority Authority => server.Services.GetRequiredService<CertificateAuthority>();

    [Theory]
    [InlineData(Refusals.Expired, NewToken)]
    [InlineData(Refusals.NotYetValid, "Set the clock that is wrong")]
    [InlineData(Refusals.Foreign, NewToken)]
    [InlineData(Refusals.UnknownKey, NewToken)]
    [InlineData(Refusals.Superseded, NewToken)]
    [InlineData(Refusals.Evicted, NewToken)]
    [InlineData(Refusals.Banned, "until an operator readmits it")]
    [InlineData(Refusals.RetiredIssuer, NewToken)]
    public async Task Refused_ForEachReason_IsAuditedAndTheAgentsLogSaysWhatToDo(string reason, string advice)
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, $"suite-{reason}");
        using X509Certificate2 shown = await RefusedForAsync(reason, agent);

        RefusedAgent refused = await RefusedAgent.ConnectAsync(server, agent.Id, agent.Name, shown);

        Assert.Equal(reason, refused.Refusal!.Reason);
        Assert.Contains(advice, refused.Refusal.Detail, StringComparison.Ordinal);
        Assert.Contains(refused.Said, line => line.Contains($"refuses this host ({reason})", StringComparison.Ordinal) && line.Contains(advice, StringComparison.Ordinal));

        // A stranger is known by its address alone: what its certificate says is its own word.
        AuditView audited = await AgentDoor.AuditedAsync(server, reason, reason is Refusals.Foreign ? "127.0.0.1" : agent.Id.ToString());
        Assert.Contains(shown.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), audited.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_Swapped_IsAuditedAndToldWhatToDo()
    {
        await using TestAgent one = await TestAgent.JoinedAsync(server, "suite-swapped");
        await using TestAgent other = await TestAgent.JoinedAsync(server, "suite-swapped-other");

        HelloReply reply = await one.ConnectAsync(identity: other.Id);

        Assert.Equal(Refusals.Swapped, reply.RefusalReason);
        Assert.Contains("join again with a new token", reply.Refused, StringComparison.Ordinal);
        Assert.Contains(other.Id.ToString(), (await AgentDoor.AuditedAsync(server, Refusals.Swapped, one.Id.ToString())).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_AgentWhoseFilesAreOfTwoHosts_DoesNotEvenAsk()
    {
        await using TestAgent one = await TestAgent.JoinedAsync(server, "suite-mixed");
        await using TestAgent other = await TestAgent.JoinedAsync(server, "suite-mixed-other");

        CryptographicException mixed = await Assert.ThrowsAsync<CryptographicException>(() => RefusedAgent.ConnectAsync(server, other.Id, other.Name, one.Certificate));

        Assert.Contains($"not of host {other.Id}", mixed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("use")]
    [InlineData("renew")]
    [InlineData("evict")]
    [InlineData("ban")]
    public async Task Refused_EnrolmentReplayed_GivesNobodyAWayIn(string after)
    {
        string token = await TestAgent.TokenAsync(server);
        await using TestAgent agent = new(server, $"suite-replay-{after}");
        string request = agent.SigningRequest();
        agent.Take((await (await agent.EnrollAsync(token, request)).Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, Ct))!);
        if (after is not "nothing")
        {
            await agent.ConnectAsync();
        }

        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2? renewed = after is "renew" ? await agent.RenewAsync(next) : null;
        Assert.Null(renewed is null ? null : await AgentDoor.KnockAsync(server, renewed));
        using Gate gate = new(server);
        if (after is "evict" or "ban")
        {
            await gate.ActAsync(agent.Id, after);
        }

        HttpResponseMessage replay = await agent.EnrollAsync(token, request);

        if (after is "nothing")
        {
            // The answer to a request that was lost: a certificate of the very key, which only the agent has, and no use of the token.
            EnrollReply again = (await replay.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, Ct))!;
            Assert.Equal(agent.Id, again.Host);
            Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));
            return;
        }

        if (after is "use")
        {
            Assert.Equal(HttpStatusCode.Conflict, replay.StatusCode);
            Assert.DoesNotContain("certificate\":", await replay.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(HttpStatusCode.Forbidden, replay.StatusCode);
        Assert.Contains("used", await replay.Content.ReadAsStringAsync(Ct), StringComparison.OrdinalIgnoreCase);
        string id = (await gate.HostAsync(agent.Id)).Value.JoinToken;
        Assert.Contains(await gate.AuditAsync(id), row => row.Action is "token.refuse");
        Assert.Equal(after is "renew" ? "live" : after is "evict" ? "evicted" : "banned", (await gate.HostAsync(agent.Id)).Value.State);
    }

    private async Task<X509Certificate2> RefusedForAsync(string reason, TestAgent agent)
    {
        X509Certificate2 issuer = Authority.Current.Issuing!.Certificate;
        string name = agent.Id.ToString();
        switch (reason)
        {
            case Refusals.Expired:
                return AgentDoor.Make(name, issuer, Now.AddHours(-3), Now.AddHours(-1), agent.Key);
            case Refusals.NotYetValid:
                return AgentDoor.Make(name, issuer, Now.AddHours(1), Now.AddHours(3), agent.Key);
            case Refusals.Foreign:
                using (X509Certificate2 root = CertificateMaker.Root(Now))
                {
                    return AgentDoor.Make(name, root, Now.AddHours(-1), Now.AddHours(1), agent.Key);
                }

            case Refusals.UnknownKey:
                return AgentDoor.Make(name, issuer, Now.AddHours(-1), Now.AddHours(1));
            case Refusals.Superseded:
                await agent.ConnectAsync();
                using (ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                using (X509Certificate2 renewed = await agent.RenewAsync(next))
                {
                    Assert.Null(await AgentDoor.KnockAsync(server, renewed));
                }

                break;
            case Refusals.RetiredIssuer:
                int retired = Authority.Current.Issuing.Entry.Number;
                AuthorityKeeper keeper = new(Path.Combine(server.Data, "pki"), TimeProvider.System);
                keeper.Prepare(null);
                keeper.Activate(null);
                keeper.Retire(retired);
                await WaitFor.TrueAsync(() => Authority.Current.Find(retired)!.Entry.State is IntermediateState.Retired);
                break;
            default:
                using (Gate gate = new(server))
                {
                    await gate.ActAsync(agent.Id, reason is Refusals.Banned ? "ban" : "evict");
                }

                break;
        }

        return agent.Clone().Certificate;
    }
}
