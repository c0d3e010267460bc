using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>
/// The key that signs policies, replaced by its own commands under a real server and a real agent, with kill -9 of either between the steps. Then somebody who
/// has a copy of the server's disk from before poses as the server.
/// </summary>
public sealed class PolicyKeyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replace_KilledBetweenTheSteps_ThiefOfTheOldKeyIsRefusedAndTheServerIsNot()
    {
        string stolen = Path.Combine(Places.NewData("policy-key-stolen"), "backup");
        string aside = Path.Combine(Places.NewData("policy-key-aside"), "data");
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("policy-key-server"));
        await using AgentUnderTest agent = new("policy-key", server.Agents);
        await agent.StartConnectedAsync(await server.TokenAsync());
        await AssignAsync(server, "guard");
        await agent.UntilAsync(state => Has(state, "guard"), "it had the policy");
        (await Shell.RunAsync(Places.Server, "backup", "--data", server.Data, "--to", stolen)).Succeeded();

        // Prepared with the server away, activated with it there, killed before and after; the agent too.
        await server.KillAndStartAsync(async () => (await RunAsync(server, "prepare")).Succeeded());
        await agent.UntilAsync(state => state.Connected && agent.Said.Contains("lists the keys that sign policies anew", StringComparison.Ordinal), "it had heard of the second key");
        await agent.KillAsync();
        (await RunAsync(server, "activate")).Succeeded();
        await server.KillAndStartAsync();
        await agent.StartConnectedAsync();
        Assert.Contains("is in force from disk", agent.Said, StringComparison.Ordinal);
        (await RunAsync(server, "retire", "1")).Succeeded();
        await agent.UntilAsync(_ => agent.Said.Contains("signed anew by policy key", StringComparison.Ordinal), "its policy was signed anew");
        Assert.Equal([1], await ViewAsync(server, key => !key.Counts));
        Assert.Equal([2], await ViewAsync(server, key => key.Signs));

        await server.KillAndStartAsync(async () =>
        {
            Directory.Move(server.Data, aside);
            (await Shell.RunAsync(Places.Server, "restore", "--from", stolen, "--data", server.Data)).Succeeded();
        });
        await agent.UntilAsync(state => state.Connected, "it had met the thief");
        await AssignAsync(server, "open");
        await agent.UntilAsync(
            state => state.Rejected?.Contains("which the server's root has retired", StringComparison.Ordinal) is true
                && agent.Said.Contains("The server's assignment is refused", StringComparison.Ordinal),
            "it had refused the thief's policy, and said so");

        await server.KillAndStartAsync(() =>
        {
            Directory.Delete(server.Data, recursive: true);
            Directory.Move(aside, server.Data);
            return Task.CompletedTask;
        });
        await agent.UntilAsync(state => state is { Connected: true, Rejected: null } && Has(state, "guard") && !Has(state, "open"), "it was back at its server as it had been");
        await AssignAsync(server, "more");
        await agent.UntilAsync(state => Has(state, "more"), "it had the next policy of its server");
        await agent.Daemon.UntilAsync(
            async () => !new[] { "policy-key.prepared", "policy-key.activated", "policy-key.retired", "policy-key.refuse" }
                .Except((await server.Api.ListAuditAsync(new ListQuery(Limit: 200), Cancel)).Items.Select(row => row.Action)).Any(),
            TimeSpan.FromSeconds(60), "each step, and the refusal, stood in the audit log");
    }

    private static bool Has(LocalState state, string policy) => state.Policies.Any(one => one.Name == policy);

    private static Task<Output> RunAsync(ServerUnderTest server, params string[] words) =>
        Shell.RunAsync(Places.Server, ["authority", "policy-key", .. words, "--data", server.Data]);

    private static async Task<IEnumerable<int>> ViewAsync(ServerUnderTest server, Func<PolicyKeyView, bool> which)
    {
        Output shown = await RunAsync(server, "show", "--json");
        shown.Succeeded();
        return System.Text.Json.JsonSerializer.Deserialize<PolicyKeysView>(shown.Text, FleetJson.Options)!.Keys.Where(which).Select(key => key.Number);
    }

    private static async Task AssignAsync(ServerUnderTest server, string name)
    {
        string document = $$"""
            apiVersion: fleet/v1
            kind: ClaimPolicy
            metadata: { name: {{name}} }
            spec:
              priority: 100
              mode: observe
              hosts: 'sim:false'
              claims:
                - region: { capability: pm }
                  holder: platform
                  onWrite: refuse
            """;
        await server.Api.PutPolicyAsync(name, document, null, Cancel);
        await server.Api.CreateRolloutAsync(new CreateRollout { Policy = name, Waves = [new WaveSpec(100)] }, $"{name}-1", Cancel);
    }
}
