using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class DeleteHostTests(TestServer server) : IDisposable
{
    private readonly Gate _gate = new(server);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _gate.Dispose();

    // keylime#1380: cannot add previously removed agent.
    [Fact]
    public async Task Keylime1380_DeletedThenAddedAgain_Works()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "removed");
        await agent.ConnectAsync();
        await agent.PushAsync(agent.Contention(1));
        HostId before = agent.Id;

        await _gate.Api.DeleteHostAsync(before, (await _gate.HostAsync(before)).ETag, Ct);

        await WaitFor.TrueAsync(() => agent.Ended);
        Assert.False(await Gate.ComesInAsync(agent));
        HttpResponseMessage answer = await agent.EnrollAsync(await TestAgent.TokenAsync(server));
        agent.Take((await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, Ct))!);
        Assert.True(await Gate.ComesInAsync(agent));
        Assert.NotEqual(before, agent.Id);
        Assert.Single(await _gate.EventsAsync($"kind:contention.access and host:{before}"));
        Assert.Contains(await _gate.AuditAsync(before.ToString()), entry => entry.Action is "host.delete");
    }

    [Fact]
    public async Task Delete_DryRun_DeletesNothing()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "stays");

        HttpResponseMessage answer = await DeleteAsync(agent.Id, "?dryRun=true");

        Assert.Equal("delete", (await answer.Content.ReadFromJsonAsync<PlanView<HostView>>(FleetJson.Options, Ct))!.Action);
        Assert.Equal("stays", (await _gate.HostAsync(agent.Id)).Value.Name);
    }

    [Fact]
    public async Task Delete_BannedHost_IsRefusedForItWouldForgetTheBan()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "banned-stays");
        await _gate.ActAsync(agent.Id, "ban");

        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync(agent.Id)).StatusCode);
    }

    [Fact]
    public async Task Delete_HostWithAFunctionInQuarantine_IsRefusedForItWouldForgetIt()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "quarantined-stays");
        FunctionId function = new(agent.Id, Fleet.Pci.PciAddress.Parse("0000:01:00.0"));
        DeviceDirectory devices = server.Services.GetRequiredService<DeviceDirectory>();
        await devices.ChangeAsync(
            function,
            (_, _) => Task.FromResult<DeviceStanding?>(new DeviceStanding { Function = function, Since = DateTimeOffset.UnixEpoch, Quarantined = DateTimeOffset.UnixEpoch }),
            Ct);

        HttpResponseMessage answer = await DeleteAsync(agent.Id);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.True(devices.TryGet(function, out _));
    }

    [Fact]
    public async Task Delete_QuarantineThatThisServerHasNotHeardOf_IsRefusedAsWell()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "quarantined-elsewhere");
        FunctionId function = new(agent.Id, Fleet.Pci.PciAddress.Parse("0000:01:00.0"));
        await using (FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct))
        {
            DeviceStanding standing = new() { Function = function, Since = DateTimeOffset.UnixEpoch, Quarantined = DateTimeOffset.UnixEpoch };
            db.Add(new DeviceRow { Host = agent.Id, Address = function.Address.ToString(), Standing = JsonSerializer.Serialize(standing, FleetJson.Options) });
            await db.SaveChangesAsync(Ct);
        }

        HttpResponseMessage answer = await DeleteAsync(agent.Id);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("quarantine", (await Gate.ProblemAsync(answer)).Detail);
        Assert.Equal("quarantined-elsewhere", (await _gate.HostAsync(agent.Id)).Value.Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Change_HostThatIsNoMore_LeavesNoStandingBehind(bool many)
    {
        FunctionId function = new(new HostId(Guid.CreateVersion7()), Fleet.Pci.PciAddress.Parse("0000:01:00.0"));
        DeviceDirectory devices = server.Services.GetRequiredService<DeviceDirectory>();
        DeviceStanding standing = new() { Function = function, Since = DateTimeOffset.UnixEpoch };

        if (many)
        {
            await devices.ChangeAsync([function], (_, _) => standing, Ct);
        }
        else
        {
            Assert.Null(await devices.ChangeAsync(function, (_, _) => Task.FromResult<DeviceStanding?>(standing), Ct));
        }

        await using FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        Assert.False(await db.Set<DeviceRow>().AnyAsync(row => row.Host == function.Host, Ct));
        Assert.False(devices.TryGet(function, out _));
    }

    private async Task<HttpResponseMessage> DeleteAsync(HostId id, string query = "")
    {
        Tagged<HostView> host = await _gate.HostAsync(id);
        using HttpRequestMessage request = new(HttpMethod.Delete, $"/api/v1/hosts/{id}{query}");
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(host.ETag));
        return await _gate.Http.SendAsync(request, Ct);
    }
}
