using System.Net;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Tests.Rollouts;

namespace Fleet.Server.Tests.Lists;

/// <summary>Lists in an order that is asked for: the whole list, whatever is on a page, on both databases alike.</summary>
public sealed class SortTests(SortedFleet fleet) : IClassFixture<SortedFleet>
{
    [Theory]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("state")]
    [InlineData("-state")]
    [InlineData("seen")]
    [InlineData("joined")]
    [InlineData("kernel")]
    [InlineData("-kernel")]
    [InlineData("agent")]
    [InlineData("mode")]
    [InlineData("-mode")]
    [InlineData("functions")]
    [InlineData("-functions")]
    [InlineData("-mailboxes")]
    [InlineData("contentions")]
    public async Task Hosts_PageByPage_AreAllOfThemOnce(string sort)
    {
        IReadOnlyList<HostView> paged = await fleet.PagesAsync<HostView>($"hosts?q=host:s-*&limit=7&sort={sort}");
        IReadOnlyList<HostView> whole = await fleet.PagesAsync<HostView>($"hosts?q=host:s-*&limit=5000&sort={sort}");

        Assert.Equal(SortedFleet.Hosts, paged.Select(host => host.Id).Distinct().Count());
        Assert.Equal(whole.Select(host => host.Name), paged.Select(host => host.Name));
    }

    [Fact]
    public async Task Hosts_OfOneValue_AreByName_WhicheverWay()
    {
        foreach (string sort in (string[])["kernel", "-kernel"])
        {
            IReadOnlyList<HostView> hosts = await fleet.PagesAsync<HostView>($"hosts?q=host:s-*&limit=4&sort={sort}");
            string?[] kernels = [.. hosts.Select(host => host.Kernel)];

            Assert.Equal(sort is "kernel" ? ["5.15", "6.1", "6.12", null] : ["6.12", "6.1", "5.15", null], kernels.Distinct());
            Assert.All(hosts.GroupBy(host => host.Kernel), group => Assert.Equal(group.Select(host => host.Name).Order(StringComparer.Ordinal), group.Select(host => host.Name)));
        }
    }

    [Fact]
    public async Task Hosts_ByFunctions_AreByTheirNumber()
    {
        IReadOnlyList<HostView> hosts = await fleet.PagesAsync<HostView>("hosts?q=host:s-*&limit=5&sort=-functions");

        Assert.Equal(hosts.Select(host => host.Functions).OrderDescending(), hosts.Select(host => host.Functions));
        Assert.Equal(SortedFleet.Hosts, (await fleet.PageAsync<HostView>("hosts?q=host:s-*&limit=5&sort=-functions")).Total);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("address")]
    [InlineData("-address")]
    [InlineData("device")]
    [InlineData("-id")]
    [InlineData("class")]
    [InlineData("-driver")]
    [InlineData("claims")]
    [InlineData("-contentions")]
    public async Task Functions_PageByPage_AreAllOfThemOnce(string sort)
    {
        IReadOnlyList<FunctionView> paged = await fleet.PagesAsync<FunctionView>($"functions?q=host:s-*&limit=11&sort={sort}");
        IReadOnlyList<FunctionView> whole = await fleet.PagesAsync<FunctionView>($"functions?q=host:s-*&limit=5000&sort={sort}");

        Assert.Equal(SortedFleet.Functions, paged.Select(function => function.Id).Distinct().Count());
        Assert.Equal(whole.Select(function => function.Id), paged.Select(function => function.Id));
    }

    [Fact]
    public async Task Functions_ByAddress_AreSoAcrossHosts()
    {
        IReadOnlyList<FunctionView> functions = await fleet.PagesAsync<FunctionView>("functions?q=host:s-*&limit=9&sort=address");

        Assert.Equal(functions.Select(f => (f.Address.ToString(), f.HostName)).Order(), functions.Select(f => (f.Address.ToString(), f.HostName)));
        Assert.NotEqual(functions[0].Address, functions[^1].Address);
    }

    [Theory]
    [InlineData("mailboxes", "-offset")]
    [InlineData("mailboxes", "owner")]
    [InlineData("mailboxes", "state")]
    [InlineData("claims", "-holder")]
    [InlineData("claims", "function")]
    [InlineData("claims", "-since")]
    public async Task OtherLists_PageByPage_AreTheWholeList(string list, string sort)
    {
        IReadOnlyList<JsonElement> paged = await fleet.PagesAsync<JsonElement>($"{list}?q=host:s-*&limit=7&sort={sort}");
        IReadOnlyList<JsonElement> whole = await fleet.PagesAsync<JsonElement>($"{list}?q=host:s-*&limit=5000&sort={sort}");

        Assert.NotEmpty(whole);
        Assert.Equal(whole.Select(item => item.GetRawText()), paged.Select(item => item.GetRawText()));
    }

    [Theory]
    [InlineData("hosts", "name, state, seen, joined, kernel, agent, mode, functions, mailboxes, contentions")]
    [InlineData("functions", "host, address, device, id, class, driver, claims, contentions")]
    [InlineData("mailboxes", "host, address, offset, owner, state")]
    [InlineData("claims", "host, function, holder, source, mode, since")]
    [InlineData("attestations", "host, address, device, state, check, profile, since, age")]
    [InlineData("policies", "name, mode, priority, claims, hosts, author, changed")]
    [InlineData("rollouts", "policy, phase, author, started, changed")]
    [InlineData("tokens", "name, author, made, used, expires")]
    [InlineData("join-tokens", "note, joined, author, made, used, expires")]
    public async Task Sort_ThatThereIsNot_IsRefusedWithThoseThatThereAre(string list, string names)
    {
        JsonElement problem = await TestFleet.ProblemAsync(await fleet.Api.GetAsync($"{list}?sort=-colour", TestContext.Current.CancellationToken), HttpStatusCode.BadRequest, ErrorCodes.Invalid);

        Assert.Equal($"sort is '-colour'; this list is ordered by one of {names}, with a dash before it for descending.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Cursor_OfAnotherOrder_IsRefused()
    {
        string byName = (await fleet.PageAsync<HostView>("hosts?q=host:s-*&limit=3&sort=name")).Next!;
        string plain = (await fleet.PageAsync<HostView>("hosts?q=host:s-*&limit=3")).Next!;

        foreach (string query in (string[])[$"sort=-name&cursor={byName}", $"cursor={byName}", $"sort=kernel&cursor={plain}"])
        {
            JsonElement problem = await TestFleet.ProblemAsync(await fleet.Api.GetAsync($"hosts?limit=3&{query}", TestContext.Current.CancellationToken), HttpStatusCode.BadRequest, ErrorCodes.Invalid);
            Assert.StartsWith("cursor was given out for", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cursor_OfAHostThatIsGone_GoesOnWhereItStood()
    {
        Page<HostView> first = await fleet.PageAsync<HostView>("hosts?q=host:t-*&limit=2&sort=kernel");
        fleet.Directory.Remove(first.Items[1].Id);

        Assert.Equal(["t-2"], (await fleet.PageAsync<HostView>($"hosts?q=host:t-*&limit=2&sort=kernel&cursor={first.Next}")).Items.Select(host => host.Name));
    }

    [Fact]
    public async Task Tokens_InAnOrder_PageByPage()
    {
        foreach (string name in (string[])["tango", "alpha", "Zulu", "echo", "mike"])
        {
            await fleet.SendAsync<ApiTokenCreated>(HttpMethod.Post, "tokens", new CreateApiToken(name, [Scopes.HostsRead], name.Length * 1_000));
            await fleet.SendAsync<JoinTokenCreated>(HttpMethod.Post, "join-tokens", new CreateJoinToken(2, name.Length * 1_000, name));
        }

        Assert.Equal(["Zulu", "alpha", "echo", "mike", "tango"], (await fleet.PagesAsync<ApiTokenView>("tokens?limit=2&sort=name")).Select(token => token.Name));
        Assert.Equal(["tango", "mike", "echo", "alpha", "Zulu"], (await fleet.PagesAsync<JoinTokenView>("join-tokens?limit=2&sort=-note")).Select(token => token.Note));
        Assert.Equal(["mike", "echo", "Zulu", "alpha", "tango"], (await fleet.PagesAsync<ApiTokenView>("tokens?limit=2&sort=-made")).Select(token => token.Name));
    }

    [Fact]
    public async Task Rollouts_InAnOrder_PageByPage()
    {
        foreach (string policy in (string[])["r-bravo", "r-alpha", "r-charlie"])
        {
            await fleet.PutPolicyAsync(policy, "host:nobody");
            await fleet.StartRolloutAsync(policy, new WaveSpec(100));
        }

        Assert.Equal(["r-alpha", "r-bravo", "r-charlie"], (await fleet.PagesAsync<RolloutView>("rollouts?limit=1&sort=policy&q=policy:r-*")).Select(rollout => rollout.Policy));
        Assert.Equal(["r-charlie", "r-bravo", "r-alpha"], (await fleet.PagesAsync<RolloutView>("rollouts?limit=2&sort=-policy")).Select(rollout => rollout.Policy));
        Assert.Equal(["r-bravo", "r-alpha", "r-charlie"], (await fleet.PagesAsync<RolloutView>("rollouts?limit=2&sort=started")).Select(rollout => rollout.Policy));
        Assert.Equal(["r-charlie", "r-bravo", "r-alpha"], (await fleet.PagesAsync<PolicyView>("policies?limit=2&sort=-name&q=name:r-*")).Select(policy => policy.Name));
    }
}
