using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Identity;

/// <summary>Who is not let in at the agents' port, by real TLS: each is told why, and stands in the audit log.</summary>
[Collection(SharedServer.Name)]
public sealed class RefusalTests(TestServer server)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private X509Certificate2 Issuer => server.Services.GetRequiredService<CertificateAuthority>().Current.Issuing!.Certificate;

    [Fact]
    public async Task Knock_OwnCertificate_ComesIn()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "welcome");

        Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));
    }

    [Fact]
    public async Task Knock_ExpiredCertificate_IsRefusedAndAudited()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "expired");
        using X509Certificate2 expired = AgentDoor.Make(agent.Id.ToString(), Issuer, Now.AddHours(-3), Now.AddHours(-1), agent.Key);

        Assert.Equal(Refusals.Expired, await AgentDoor.KnockAsync(server, expired));
        Assert.Contains("token create", (await AgentDoor.AuditedAsync(server, Refusals.Expired, agent.Id.ToString())).Detail);
    }

    [Fact]
    public async Task Knock_CertificateOfTheFuture_IsRefusedAndAudited()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "future");
        using X509Certificate2 early = AgentDoor.Make(agent.Id.ToString(), Issuer, Now.AddHours(1), Now.AddHours(3), agent.Key);

        Assert.Equal(Refusals.NotYetValid, await AgentDoor.KnockAsync(server, early));
        await AgentDoor.AuditedAsync(server, Refusals.NotYetValid, agent.Id.ToString());
    }

    [Fact]
    public async Task Knock_AuthorityWithTheSameNames_IsForeignAndAuditedByAddress()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "foreign-authority");
        using X509Certificate2 root = CertificateMaker.Root(Now);
        using X509Certificate2 impostor = CertificateMaker.Intermediate(root, 1, Now);
        using X509Certificate2 foreign = AgentDoor.Make(agent.Id.ToString(), impostor, Now.AddHours(-1), Now.AddHours(1), agent.Key);

        Assert.Equal(Refusals.Foreign, await AgentDoor.KnockAsync(server, foreign));
        Assert.Contains("from 127.0.0.1", (await AgentDoor.AuditedAsync(server, Refusals.Foreign, "127.0.0.1")).Detail);
    }

    [Fact]
    public async Task Knock_ServersOwnCertificate_IsForeign()
    {
        (X509Certificate2 certificate, _) = server.Services.GetRequiredService<CertificateAuthority>().IssueServer(IPAddress.Loopback);
        using (certificate)
        {
            Assert.Equal(Refusals.Foreign, await AgentDoor.KnockAsync(server, certificate));
        }
    }

    [Fact]
    public async Task SpireAwsIid_CertificateOfOneHostWithTheKeyOfAnother_IsRefusedForBoth()
    {
        await using TestAgent one = await TestAgent.JoinedAsync(server, "swap-a");
        await using TestAgent other = await TestAgent.JoinedAsync(server, "swap-b");
        using X509Certificate2 swapped = AgentDoor.Make(other.Id.ToString(), Issuer, Now.AddHours(-1), Now.AddHours(1), one.Key);

        Assert.Equal(Refusals.UnknownKey, await AgentDoor.KnockAsync(server, swapped));
        await AgentDoor.AuditedAsync(server, Refusals.UnknownKey, other.Id.ToString());
        Assert.Null(await AgentDoor.KnockAsync(server, other.Certificate));
    }

    [Fact]
    public async Task Hello_SaysAnotherHostThanTheCertificate_IsRefusedAsSwappedAndAudited()
    {
        await using TestAgent one = await TestAgent.JoinedAsync(server, "claims-a");
        await using TestAgent other = await TestAgent.JoinedAsync(server, "claims-b");

        HelloReply reply = await one.ConnectAsync(identity: other.Id);

        Assert.Contains(other.Id.ToString(), reply.Refused);
        await AgentDoor.AuditedAsync(server, Refusals.Swapped, one.Id.ToString());
    }

    [Fact]
    public async Task Knock_HostThatIsNotThere_IsAnUnknownKey()
    {
        string nobody = Guid.CreateVersion7().ToString("N");
        using X509Certificate2 certificate = AgentDoor.Make(nobody, Issuer, Now.AddHours(-1), Now.AddHours(1));

        Assert.Equal(Refusals.UnknownKey, await AgentDoor.KnockAsync(server, certificate));
        await AgentDoor.AuditedAsync(server, Refusals.UnknownKey, nobody);
    }

    [Fact]
    public async Task Knock_EvictedHost_IsRefusedAndAudited()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "evicted-door");
        await EvictAsync(agent);

        Assert.Equal(Refusals.Evicted, await AgentDoor.KnockAsync(server, agent.Certificate));
        await AgentDoor.AuditedAsync(server, Refusals.Evicted, agent.Id.ToString());
    }

    [Fact]
    public async Task Connect_Tls12_IsNotPossible()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "old-tls");
        using TcpClient tcp = new();
        await tcp.ConnectAsync(server.Agents.Host, server.Agents.Port, TestContext.Current.CancellationToken);
        await using SslStream tls = new(tcp.GetStream());

        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
#pragma warning disable CA5398 // The old version is the point.
            EnabledSslProtocols = SslProtocols.Tls12,
#pragma warning restore CA5398
            ClientCertificates = [agent.Certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        }, TestContext.Current.CancellationToken));
        Assert.False(tls.IsAuthenticated);
    }

    [Fact]
    public async Task SpireTlsTickets_ConnectionOfBeforeTheEviction_CannotBeResumed()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "ticket");
        using OpensslClient client = new(server.Agents, agent.Certificate);

        string first = await client.AskAsync(resume: false);
        string second = await client.AskAsync(resume: true);
        await EvictAsync(agent);
        string after = await client.AskAsync(resume: true);

        Assert.Contains("HTTP/1.1 101", first);
        Assert.Contains("HTTP/1.1 101", second);
        Assert.All([first, second, after], answer => Assert.DoesNotContain("Reused", answer));
        Assert.All([first, second, after], answer => Assert.Contains("New, TLSv1.3", answer));
        Assert.Contains($"{LinkProtocol.RefusalHeader}: {Refusals.Evicted}", after);
    }

    [Fact]
    public async Task SpireSsrf_CertificateThatPointsSomewhere_MakesTheServerFetchNothing()
    {
        using TcpListener elsewhere = new(IPAddress.Loopback, 0);
        elsewhere.Start();
        Uri address = new($"http://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}/ca.crt");
        using X509Certificate2 unknown = CertificateMaker.Root(Now);
        using X509Certificate2 bait = AgentDoor.Make(
            "bait", unknown, Now.AddHours(-1), Now.AddHours(1),
            more: request => request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [address.ToString()])));

        Assert.Equal(Refusals.Foreign, await AgentDoor.KnockAsync(server, bait));
        Assert.False(elsewhere.Pending());
    }

    private async Task EvictAsync(TestAgent agent)
    {
        using HttpClient admin = server.Admin();
        HttpResponseMessage host = await admin.GetAsync($"/api/v1/hosts/{agent.Id}", TestContext.Current.CancellationToken);
        using HttpRequestMessage evict = new(HttpMethod.Post, $"/api/v1/hosts/{agent.Id}:evict") { Content = JsonContent.Create(new { reason = "a test" }) };
        evict.Headers.TryAddWithoutValidation("If-Match", host.Headers.ETag?.ToString());
        (await admin.SendAsync(evict, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }
}
