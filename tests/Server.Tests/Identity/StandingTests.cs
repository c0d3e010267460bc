using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Live;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Identity;

/// <summary>A connection that was let in does not outlive what let it in: its certificate, the certificate's time, the intermediate that issued it.</summary>
public sealed class StandingTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ECDsa _next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TestServer _server;

    public StandingTests() => _server = new TestServer { Time = _time };

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _next.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Renew_ThiefWaitsWithTheOldCertificateAndSaysNoHello_IsEndedWhenTheNewOneIsUsed()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "robbed");
        await using TestAgent thief = agent.Clone();
        await thief.OpenAsync();
        await agent.ConnectAsync();
        using X509Certificate2 renewed = await agent.RenewAsync(_next);

        await agent.ConnectAsync(certificate: renewed, boot: "boot");

        await WaitFor.TrueAsync(() => thief.Ended);
        Assert.Equal(Refusals.Superseded, await AgentDoor.KnockAsync(_server, thief.Certificate));
        Assert.False(agent.Ended);
    }

    [Fact]
    public async Task Hello_CertificateWasReplacedInTheDatabaseAlone_IsRefusedAndEnds()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "robbed-elsewhere");
        await using TestAgent thief = agent.Clone();
        await agent.ConnectAsync();
        await thief.OpenAsync();
        await SupersedeAsync(agent.Certificate);

        await Assert.ThrowsAnyAsync<Exception>(() => thief.GreetAsync()); // Ended, perhaps before its answer came.

        await WaitFor.TrueAsync(() => thief.Ended);
        await AgentDoor.AuditedAsync(_server, Refusals.Superseded, agent.Id.ToString());
    }

    [Fact]
    public async Task Connection_SaysNoHello_IsEndedAfterHalfAMinute()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "mute");
        await using TestAgent other = await TestAgent.JoinedAsync(_server, "talks");
        await agent.OpenAsync();
        await other.ConnectAsync();

        await WaitFor.TrueAsync(() => Passed(agent, TimeSpan.FromSeconds(1)));

        Assert.False(other.Ended);
    }

    [Fact]
    public async Task Connection_CertificateExpires_IsEndedThen()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "expires");
        X509Certificate2 issuer = _server.Services.GetRequiredService<CertificateAuthority>().Current.Issuing!.Certificate;
        using X509Certificate2 brief = AgentDoor.Make(agent.Id.ToString(), issuer, _time.GetUtcNow().AddHours(-1), _time.GetUtcNow().AddMinutes(1), agent.Key);
        await agent.ConnectAsync(certificate: brief);
        _time.Advance(TimeSpan.FromSeconds(50));
        await agent.Hub.InvokeAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), null, TestContext.Current.CancellationToken);

        await WaitFor.TrueAsync(() => Passed(agent, TimeSpan.FromSeconds(1)));

        Assert.Equal(Refusals.Expired, await AgentDoor.KnockAsync(_server, brief));
    }

    [Fact]
    public async Task Retire_ConnectionCameInWithItsCertificateAndTheHostHasANewerOne_IsEnded()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "two-issuers");
        await using TestAgent behind = agent.Clone();
        await behind.ConnectAsync();
        AuthorityKeeper keeper = new(Path.Combine(_server.Data, "pki"), _time);
        keeper.Prepare(null);
        keeper.Activate(null);
        await WaitFor.TrueAsync(() => Passed(TimeSpan.FromSeconds(1), () => _server.Services.GetRequiredService<CertificateAuthority>().Current.Issuing!.Entry.Number is 2));
        HostDirectory directory = _server.Services.GetRequiredService<HostDirectory>();
        directory.Note(agent.Id, host => host with { Certificate = host.Certificate! with { Issuer = 2 } });

        keeper.Retire(1);

        await WaitFor.TrueAsync(() => Passed(behind, TimeSpan.FromSeconds(1)));
    }

    // As another server does, whose news have not come yet.
    private async Task SupersedeAsync(X509Certificate2 certificate)
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        await db.Set<CertificateRow>().Where(row => row.Serial == certificate.SerialNumber)
            .ExecuteUpdateAsync(row => row.SetProperty(c => c.State, CertificateState.Superseded), TestContext.Current.CancellationToken);
    }

    private bool Passed(TestAgent agent, TimeSpan step) => Passed(step, () => agent.Ended);

    private bool Passed(TimeSpan step, Func<bool> condition)
    {
        if (condition())
        {
            return true;
        }

        _time.Advance(step);
        return false;
    }
}
