using System.Net;
using System.Text;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>A policy goes from REST to every simulated host, in waves.</summary>
[Collection(FleetCollection.Name)]
public sealed class RolloutTests(RunningFleet fleet)
{
    private const string Policy = "rollout-test";

    private const string Document = """
        apiVersion: fleet/v1
        kind: ClaimPolicy
        metadata:
          name: rollout-test
          description: The power management capability belongs to the platform
        spec:
          priority: 100
          mode: enforce
          hosts: 'sim:true'
          claims:
            - region: { capability: pm }
              holder: platform
              onWrite: refuse
        """;

    // Four mistakes on four lines.
    private const string BadDocument = """
        apiVersion: fleet/v1
        kind: ClaimPolicy
        metadata:
          name: bad-document
        spec:
          priority: many
          mode: enforced
          hosts: 'sim:('
          claims:
            - region: { offset: 5000, length: 4 }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollout_InTwoWavesWithAPauseBetween_ReachesEveryHostOnlyAfterResume()
    {
        fleet.Need();
        Tagged<PolicyView> stored = await fleet.Api.PutPolicyAsync(Policy, Document, null, Cancel);
        RolloutView rollout = await fleet.Api.CreateRolloutAsync(
            new CreateRollout { Policy = Policy, Revision = stored.Value.Revision, Waves = [new WaveSpec(50, PauseAfter: true), new WaveSpec(100)] },
            "rollout-test-1",
            Cancel);

        await ReachAsync(rollout.Id, RolloutPhase.Paused);
        RolloutView paused = (await fleet.Api.GetRolloutAsync(rollout.Id, Cancel)).Value;
        Assert.Equal("done", paused.Waves[0].State);
        Assert.All(paused.Waves[0].Hosts, target => Assert.Equal(("applied", stored.Value.Revision), (target.State, target.Reported)));
        Assert.NotEmpty(paused.Waves[1].Hosts);
        Assert.All(paused.Waves[1].Hosts, target => Assert.Equal(("pending", null), (target.State, target.Reported)));
        Assert.Equal(paused.Waves[0].Hosts.Select(target => target.HostName).Order(), await ReportingAsync(stored.Value.Revision));

        await fleet.Api.ResumeRolloutAsync(rollout.Id, Cancel);
        await ReachAsync(rollout.Id, RolloutPhase.Done);

        Assert.Equal(fleet.Endpoints.Simulated.Hosts.Select(host => host.Name).Order(), await ReportingAsync(stored.Value.Revision));
        await WaitFor.TrueAsync(
            async () => (await Api.AllAsync<ClaimView>(query => fleet.Api.ListClaimsAsync(query))).Any(claim => claim.Claim is { Holder: "platform", Source: ClaimSource.Policy, Mode: EnforcementMode.Enforce }),
            what: "the server shows the policy's claim");
    }

    [Fact]
    public async Task Policy_BadDocument_IsAnsweredWithEveryErrorAndChangesNothing()
    {
        fleet.Need();

        FleetApiException refused = await Assert.ThrowsAsync<FleetApiException>(() => fleet.Api.PutPolicyAsync("bad-document", BadDocument, null, Cancel));

        Assert.Equal(ErrorCodes.Invalid, refused.Code);
        Assert.Equal([6, 7, 8, 10], refused.Diagnostics.Select(error => error.Line).Distinct().Order());
        Assert.All(refused.Diagnostics, error => Assert.True(error.Column > 0 && error.Message.Length > 0));
        FleetApiException unknown = await Assert.ThrowsAsync<FleetApiException>(() => fleet.Api.GetPolicyAsync("bad-document", Cancel));
        Assert.Equal(ErrorCodes.NotFound, unknown.Code);
    }

    [Fact]
    public async Task Policy_PutWithoutCondition_IsRefused()
    {
        fleet.Need();
        string text = Document.Replace("rollout-test", "untagged", StringComparison.Ordinal);
        await fleet.Api.PutPolicyAsync("untagged", text, null, Cancel);
        using ByteArrayContent document = new(Encoding.UTF8.GetBytes(Document.Replace("rollout-test", "untagged", StringComparison.Ordinal)));
        document.Headers.ContentType = new("application/yaml");
        using HttpResponseMessage answer = await fleet.Http.PutAsync(new Uri("api/v1/policies/untagged", UriKind.Relative), document, Cancel);

        Assert.Equal(HttpStatusCode.PreconditionRequired, answer.StatusCode);
    }

    private Task ReachAsync(string id, RolloutPhase phase) => WaitFor.TrueAsync(
        async () => (await fleet.Api.GetRolloutAsync(id, Cancel)).Value.Phase == phase, TimeSpan.FromSeconds(60), $"the rollout is {phase}");

    /// <summary>Names of the hosts that report a revision of the policy by themselves.</summary>
    private async Task<IEnumerable<string>> ReportingAsync(int revision) =>
        (await Api.AllAsync<HostView>(query => fleet.Api.ListHostsAsync(query)))
            .Where(host => host.Policies.Any(policy => policy.Name == Policy && policy.Reported == revision))
            .Select(host => host.Name)
            .Order();
}
