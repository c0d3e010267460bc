using System.Net;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Fleet.Server.Tests.Audit;

/// <summary>The audit trail as it is read: page by page, filtered within a budget, and its chain as a question of its own.</summary>
public sealed class AuditTests(LongTrail trail) : IClassFixture<LongTrail>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_PageByPage_IsTheTrailNewestFirst()
    {
        FleetApi api = trail.Api;
        Page<AuditView> first = await api.ListAuditAsync(new ListQuery(Limit: 3), Ct);
        Page<AuditView> second = await api.ListAuditAsync(new ListQuery(Cursor: first.Next, Limit: 3), Ct);

        Assert.Equal([LongTrail.Entries, LongTrail.Entries - 1, LongTrail.Entries - 2], first.Items.Select(entry => entry.Number));
        Assert.Equal([LongTrail.Entries - 3, LongTrail.Entries - 4, LongTrail.Entries - 5], second.Items.Select(entry => entry.Number));
        Assert.Equal(LongTrail.Entries, first.Total);
    }

    [Fact]
    public async Task List_ByWhoAndTime_IsThatAlone()
    {
        Page<AuditView> page = await trail.Api.ListAuditAsync(
            new ListQuery("who=user:alice", Limit: 100) { Since = LongTrail.Begin.AddMinutes(100), Until = LongTrail.Begin.AddMinutes(110) }, Ct);

        Assert.Equal([108, 106, 104, 102, 100], page.Items.Select(entry => entry.Number));
        Assert.Equal((null, 5L), (page.Next, page.Total));
    }

    [Fact]
    public async Task List_FilterThatMatchesLittle_AnswersSoFarAndGoesOn()
    {
        FleetApi api = trail.Api;
        Page<AuditView> first = await api.ListAuditAsync(new ListQuery("action:host.ban", Limit: 10), Ct);
        Assert.Empty(first.Items);
        Assert.NotNull(first.Next);

        Page<AuditView> next = await api.ListAuditAsync(new ListQuery("action:host.ban", first.Next, 10), Ct);

        Assert.Equal([1000L], next.Items.Select(entry => entry.Number));
        Assert.Null(next.Next);
    }

    [Fact]
    public async Task List_FullPageOfAFilter_GoesOnBehindItsLast()
    {
        FleetApi api = trail.Api;
        Page<AuditView> first = await api.ListAuditAsync(new ListQuery("who=user:bob", Limit: 2), Ct);
        Page<AuditView> second = await api.ListAuditAsync(new ListQuery("who=user:bob", first.Next, 2), Ct);

        Assert.Equal([LongTrail.Entries - 1, LongTrail.Entries - 3, LongTrail.Entries - 5, LongTrail.Entries - 7], first.Items.Concat(second.Items).Select(entry => entry.Number));
    }

    [Fact]
    public async Task Check_AsItIs_IsIntactWithItsHead()
    {
        AuditCheck check = await trail.Api.CheckAuditAsync(Ct);

        Assert.Equal((true, LongTrail.Entries, null), (check.Intact, (int)check.Entries, check.Broken));
        Assert.Equal((await trail.Api.ListAuditAsync(new ListQuery(Limit: 1), Ct)).Items[0].Hash, check.Head);
    }

    [Fact]
    public async Task Check_EntryChangedInTheDatabase_IsNamed_AndTheListStillAnswers()
    {
        await using LongTrail own = new() { Count = 3 };
        await own.InitializeAsync();
        await using FleetDb db = await own.DatabaseAsync();
        await db.Database.ExecuteSqlRawAsync("UPDATE audit SET \"Who\" = 'nobody' WHERE \"Number\" = 2", Ct);

        AuditCheck check = await own.Api.CheckAuditAsync(Ct);

        Assert.Equal((false, 1L, 2L), (check.Intact, check.Entries, check.Broken));
        Assert.StartsWith("Entry 2 does not follow", check.Detail, StringComparison.Ordinal);
        Assert.Equal(3, (await own.Api.ListAuditAsync(new ListQuery(), Ct)).Items.Count);
    }

    [Fact]
    public async Task Both_WithoutTheRight_AreRefused()
    {
        // Making the token is an entry itself: not in the trail that the others count.
        await using LongTrail own = new() { Count = 1 };
        await own.InitializeAsync();
        ApiTokenCreated token = await own.Api.CreateApiTokenAsync(new CreateApiToken("reader", [Scopes.HostsRead]), Ct);
        using HttpClient reader = own.Server.Anonymous();
        reader.DefaultRequestHeaders.Authorization = new("Bearer", token.Token);

        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/api/v1/audit", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/api/v1/audit/check", Ct)).StatusCode);
    }
}
