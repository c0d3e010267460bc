using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Fleet.Testing;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>An operator who rolls policies out on hosts whose agents follow, in one wave.</summary>
internal sealed class RolloutDesk(TestServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Puts a policy for one host and begins its rollout.</summary>
    public async Task<string> BeginAsync(string policy, string host)
    {
        using HttpClient admin = server.Admin();
        using StringContent yaml = new(TestFleet.Yaml(policy, $"name:{host}"), Encoding.UTF8, "text/yaml");
        (await admin.PutAsync($"/api/v1/policies/{policy}", yaml, Ct)).EnsureSuccessStatusCode();
        return await StartAsync(policy);
    }

    public async Task<string> StartAsync(string policy)
    {
        using HttpClient admin = server.Admin();
        HttpResponseMessage answer = await admin.PostAsJsonAsync("/api/v1/rollouts", new CreateRollout { Policy = policy, Waves = [new WaveSpec(100)] }, FleetJson.Options, Ct);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<RolloutView>(FleetJson.Options, Ct))!.Id;
    }

    public async Task<RolloutView> RolloutAsync(string id)
    {
        using HttpClient admin = server.Admin();
        return (await admin.GetFromJsonAsync<RolloutView>($"/api/v1/rollouts/{id}", FleetJson.Options, Ct))!;
    }

    /// <summary>Waits until the rollout is done, while the agent asks and reports.</summary>
    public Task DoneAsync(FollowingAgent agent, string rollout) => WaitFor.TrueAsync(async () =>
    {
        await agent.FollowAsync();
        return (await RolloutAsync(rollout)).Phase is RolloutPhase.Done;
    });
}
