using System.Net;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Domain.Policies;
using Fleet.Server.Tests.Rollouts;

namespace Fleet.Server.Tests.Policies;

public sealed class PolicyApiTests(TestFleet fleet) : IClassFixture<TestFleet>
{
    [Fact]
    public async Task Put_New_IsCreatedWithTagAndDocument()
    {
        string yaml = TestFleet.Yaml("fresh");

        HttpResponseMessage response = await fleet.PutAsync("fresh", yaml, ifNoneMatch: "*");

        Assert.Equal((HttpStatusCode.Created, "\"1\""), (response.StatusCode, response.Headers.ETag!.Tag));
        PolicyView view = await GetAsync("fresh");
        Assert.Equal((1, yaml, EnforcementMode.Enforce, 1), (view.Revision, view.Document, view.Mode, view.Claims));
    }

    [Fact]
    public async Task Put_SameDocumentAgain_MakesNoRevision()
    {
        await fleet.PutAsync("same", TestFleet.Yaml("same"));

        HttpResponseMessage response = await fleet.PutAsync("same", TestFleet.Yaml("same"), "\"1\"");

        Assert.Equal((HttpStatusCode.OK, "\"1\""), (response.StatusCode, response.Headers.ETag!.Tag));
    }

    [Fact]
    public async Task Put_Existing_NeedsTheTagOfTheLatest()
    {
        await fleet.PutAsync("guarded", TestFleet.Yaml("guarded"));
        string changed = TestFleet.Yaml("guarded", description: "changed");

        await TestFleet.ProblemAsync(await fleet.PutAsync("guarded", changed), HttpStatusCode.PreconditionRequired, ErrorCodes.PreconditionRequired);
        await TestFleet.ProblemAsync(await fleet.PutAsync("guarded", changed, "\"7\""), HttpStatusCode.PreconditionFailed, ErrorCodes.Stale);
        await TestFleet.ProblemAsync(await fleet.PutAsync("guarded", changed, ifNoneMatch: "*"), HttpStatusCode.PreconditionFailed, ErrorCodes.Stale);
        Assert.Equal("\"2\"", (await fleet.PutAsync("guarded", changed, "\"1\"")).Headers.ETag!.Tag);

        PolicyView first = await fleet.SendAsync<PolicyView>(HttpMethod.Get, "policies/guarded/revisions/1");
        Assert.Equal(TestFleet.Yaml("guarded"), first.Document);
        Page<PolicyView> revisions = await fleet.SendAsync<Page<PolicyView>>(HttpMethod.Get, "policies/guarded/revisions");
        Assert.Equal([1, 2], revisions.Items.Select(revision => revision.Revision));
    }

    [Fact]
    public async Task Put_BadDocument_ListsEveryErrorAndChangesNothing()
    {
        await fleet.PutAsync("spoiled", TestFleet.Yaml("spoiled"));
        string bad = TestFleet.Yaml("spoiled", "name:a and").Replace("enforce", "enforced", StringComparison.Ordinal);

        JsonElement problem = await TestFleet.ProblemAsync(await fleet.PutAsync("spoiled", bad, "\"1\""), HttpStatusCode.BadRequest, ErrorCodes.Invalid);

        Diagnostic[] errors = problem.GetProperty("errors").Deserialize<Diagnostic[]>(FleetJson.Options)!;
        Assert.Equal([(5, "spec.mode"), (6, "spec.hosts")], errors.Select(error => (error.Line, error.Path)));
        Assert.Equal(1, (await GetAsync("spoiled")).Revision);
    }

    [Fact]
    public async Task Put_DryRun_AnswersThePlanAndStoresNothing()
    {
        HttpResponseMessage response = await fleet.PutAsync("planned", TestFleet.Yaml("planned"), query: "?dryRun=true");

        PlanView<PolicyView> plan = JsonSerializer.Deserialize<PlanView<PolicyView>>(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), FleetJson.Options)!;
        Assert.Equal(("create", 1), (plan.Action, plan.After!.Revision));
        Assert.Null(plan.Before);
        Assert.Equal(HttpStatusCode.NotFound, (await fleet.Api.GetAsync("policies/planned", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Put_TooLarge_IsRefused() => await TestFleet.ProblemAsync(
        await fleet.PutAsync("large", new string(' ', DocumentText.MaxBytes + 1)), HttpStatusCode.RequestEntityTooLarge, ErrorCodes.Invalid);

    [Fact]
    public async Task Put_NameOfAnotherPolicy_IsRefused() => await TestFleet.ProblemAsync(
        await fleet.PutAsync("one", TestFleet.Yaml("other")), HttpStatusCode.BadRequest, ErrorCodes.Invalid);

    [Fact]
    public async Task Validate_Document_CountsMatchingHosts()
    {
        await fleet.AddHostAsync("valid-1");
        await fleet.AddHostAsync("valid-2");

        ValidationView good = await ValidateAsync(TestFleet.Yaml("any", "name:valid-*"));
        ValidationView bad = await ValidateAsync("kind: ClaimPolicy");

        Assert.Equal((true, 2), (good.Valid, good.MatchingHosts));
        Assert.Equal((false, (int?)null), (bad.Valid, bad.MatchingHosts));
        Assert.NotEmpty(bad.Errors);
    }

    [Fact]
    public async Task Delete_WhileAssigned_NeedsTheSecondWord()
    {
        HostId host = await fleet.AddHostAsync("gone-1");
        await fleet.PutPolicyAsync("gone", "name:gone-*");
        RolloutView rollout = await fleet.StartRolloutAsync("gone", new WaveSpec(100));
        await fleet.WaitAsync(rollout.Id, view => view.Waves[0].Hosts[0].State == "assigned");
        long generation = fleet.Host(host).Generation;

        JsonElement problem = await TestFleet.ProblemAsync(await DeleteAsync("gone", ""), HttpStatusCode.Conflict, ErrorCodes.Conflict);
        Assert.Contains("gone-1", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await DeleteAsync("gone", "?unassign=true&dryRun=true")).StatusCode);
        Assert.Single((await fleet.AssignmentAsync(host)).Policies);

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("gone", "?unassign=true")).StatusCode);

        Assignment after = await fleet.AssignmentAsync(host);
        Assert.Equal((0, true), (after.Policies.Count, after.Generation > generation));
        Assert.Equal(RolloutPhase.Aborted, (await fleet.RolloutAsync(rollout.Id)).Phase);
        Assert.Equal(HttpStatusCode.NotFound, (await fleet.Api.GetAsync("policies/gone", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("\"2\"", (await fleet.PutAsync("gone", TestFleet.Yaml("gone"))).Headers.ETag!.Tag);
    }

    [Fact]
    public async Task List_Filter_FindsByName()
    {
        await fleet.PutPolicyAsync("listed-a");
        await fleet.PutPolicyAsync("listed-b");

        Page<PolicyView> page = await fleet.SendAsync<Page<PolicyView>>(HttpMethod.Get, "policies?q=name:listed-*");

        Assert.Equal(["listed-a", "listed-b"], page.Items.Select(item => item.Name));
    }

    private Task<PolicyView> GetAsync(string name) => fleet.SendAsync<PolicyView>(HttpMethod.Get, $"policies/{name}");

    private async Task<HttpResponseMessage> DeleteAsync(string name, string query)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, $"policies/{name}{query}");
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        return await fleet.Api.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<ValidationView> ValidateAsync(string yaml)
    {
        using StringContent content = new(yaml, Encoding.UTF8, "text/yaml");
        HttpResponseMessage response = await fleet.Api.PostAsync("/api/v1/policies:validate", content, TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<ValidationView>(
            await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken), FleetJson.Options)!;
    }
}
