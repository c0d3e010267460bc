using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Audit;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Identity;

/// <summary>What operators see of identities: a host's certificates, and changes of the authority, each written down once however many servers see it.</summary>
public sealed class HostCertificatesTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetHost_RenewedTwice_SaysByWhomWhenAndWhatCameBefore()
    {
        using Gate gate = new(server);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renewed-twice");
        Assert.Equal(["issued"], (await ReadAsync(gate, agent)).Certificates.Select(one => one.State));
        await agent.ConnectAsync();
        using ECDsa second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 lost = await agent.RenewAsync(second);
        using ECDsa same = ECDsa.Create(second.ExportParameters(includePrivateParameters: true));
        using X509Certificate2 renewed = await agent.RenewAsync(same);
        Assert.Null(await AgentDoor.KnockAsync(server, renewed));

        HostCertificates certificates = await ReadAsync(gate, agent);

        Assert.Equal(1, certificates.Renewals);
        CertificateView used = Assert.Single(certificates.Certificates, one => one.State is "used");
        CertificateView former = Assert.Single(certificates.Certificates, one => one.State is "superseded");
        Assert.Equal((renewed.SerialNumber, agent.Certificate.SerialNumber), (used.Serial, used.RenewedFrom));
        Assert.Equal((agent.Certificate.SerialNumber, CertificateAuthority.Thumbprint(agent.Certificate.PublicKey)), (former.Serial, former.Key));
        Assert.NotEqual(former.Key, used.Key);
        Assert.True(used.Issuer > 0);
        Assert.Equal(renewed.NotAfter.ToUniversalTime(), used.NotAfter.UtcDateTime);
        Assert.InRange(used.Issued - used.NotBefore, TimeSpan.Zero, CertificateMaker.Backdated + TimeSpan.FromSeconds(1));
        HostView listed = (await gate.Api.ListHostsAsync(new($"name:{agent.Name}"), Ct)).Items.Single();
        Assert.Null(listed.Certificates);
    }

    [Fact]
    public async Task Authority_ThreeServersSeeOneChange_ItIsAuditedOnce()
    {
        IServiceProvider services = server.Services;
        AuthorityWatch[] others = [.. Enumerable.Range(0, 2).Select(_ => ActivatorUtilities.CreateInstance<AuthorityWatch>(
            services, CertificateAuthority.Open(services.GetRequiredService<DataDirectory>(), TimeSpan.FromDays(90), TimeProvider.System)))];
        AuthorityKeeper keeper = new(Path.Combine(server.Data, "pki"), TimeProvider.System);
        int number = keeper.Prepare(null).Number;
        await Task.WhenAll(others.Select(other => other.LookAsync(Ct)));
        keeper.Activate(number);

        await Task.WhenAll(others.Select(other => other.LookAsync(Ct)));

        await using FleetDb db = await services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        string subject = $"intermediate {number}";
        string[] actions = await db.Set<AuditRow>().Where(row => row.Subject == subject).OrderBy(row => row.Number).Select(row => row.Action).ToArrayAsync(Ct);
        Assert.Equal(["authority.prepared", "authority.activated"], actions);
    }

    private static async Task<HostCertificates> ReadAsync(Gate gate, TestAgent agent) => (await gate.HostAsync(agent.Id)).Value.Certificates!;
}
