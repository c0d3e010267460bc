using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Tests.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests;

[Collection(SharedServer.Name)]
public sealed class EnrolmentTests(TestServer server)
{
    // By: openssl genpkey -algorithm ed25519 | openssl req -new -key /dev/stdin -subj /CN=x -outform der | base64 -w0
    private const string Ed25519Request =
        "MIGLMD8CAQAwDDEKMAgGA1UEAwwBeDAqMAUGAytlcAMhAJf9DZRwXDZcgfCPUUSob1aCSRZ7Bz7UWGZAod71WJyzoAAwBQYDK2VwA0EAOTxIdzodWG8xMgPHYyOsUKAi900ruARbpL/SyyAzoxHjV2FQoARmiAzDYLszjHyma5bfab6LkMFZVPGSzuPJDg==";

    [Fact]
    public async Task Enroll_WrongToken_IsRefusedWithReason()
    {
        await using TestAgent agent = new(server, "wrong-token");

        await AssertRefusedAsync(await agent.EnrollAsync("fleetjoin_00.00"), "wrong");
    }

    [Fact]
    public async Task Enroll_UsedToken_IsRefusedWithReason()
    {
        string token = await TestAgent.TokenAsync(server);
        await using TestAgent first = new(server, "used-1");
        await using TestAgent second = new(server, "used-2");

        Assert.True((await first.EnrollAsync(token)).IsSuccessStatusCode);
        await AssertRefusedAsync(await second.EnrollAsync(token), "used up");
    }

    [Fact]
    public async Task Enroll_ExpiredToken_IsRefusedWithReason()
    {
        string token = await TestAgent.TokenAsync(server);
        await using (FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            string hash = Fleet.Server.Identity.Secrets.Hash(TestAgent.Secret(token));
            await db.JoinTokens.Where(row => row.SecretHash == hash).ExecuteUpdateAsync(
                row => row.SetProperty(r => r.Expires, DateTimeOffset.UnixEpoch), TestContext.Current.CancellationToken);
        }

        await using TestAgent agent = new(server, "expired");

        await AssertRefusedAsync(await agent.EnrollAsync(token), "expired");
    }

    [Fact]
    public async Task Enroll_KeyOfAnUnknownKind_IsRefusedWithReason()
    {
        await using TestAgent agent = new(server, "ed25519");

        HttpResponseMessage answer = await agent.EnrollAsync(await TestAgent.TokenAsync(server), Ed25519Request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("P-256", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enroll_SameKeyAndTokenAgain_GivesTheSameHostAndCostsNoUse()
    {
        string token = await TestAgent.TokenAsync(server);
        await using TestAgent agent = new(server, "lost-reply");

        EnrollReply? first = await (await agent.EnrollAsync(token)).Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, TestContext.Current.CancellationToken);
        EnrollReply? second = await (await agent.EnrollAsync(token)).Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, TestContext.Current.CancellationToken);

        Assert.Equal(first!.Host, second!.Host);
    }

    [Fact]
    public async Task Enroll_CertificateNamesAnother_TakesOnlyTheKey()
    {
        await using TestAgent agent = new(server, "key-only");
        HttpResponseMessage response = await agent.EnrollAsync(await TestAgent.TokenAsync(server));
        EnrollReply? reply = await response.Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, TestContext.Current.CancellationToken);
        using X509Certificate2 issued = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(reply!.Certificate));

        Assert.Equal($"CN={reply.Host}", issued.Subject);
    }

    [Fact]
    public async Task Connect_CertificateOfAnotherAuthority_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "foreign");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 foreign = new CertificateRequest($"CN={agent.Id}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));

        WebSocketException refusal = await Assert.ThrowsAsync<WebSocketException>(() => agent.ConnectAsync(certificate: foreign));

        Assert.Contains("403", refusal.Message);
    }

    [Fact]
    public async Task GetAuthority_Anonymous_MatchesTheTokensFingerprint()
    {
        string token = await TestAgent.TokenAsync(server);
        using HttpClient client = new(TestAgent.Handler(null)) { BaseAddress = server.Agents };

        byte[] der = await client.GetByteArrayAsync(LinkProtocol.EnrollPath, TestContext.Current.CancellationToken);

        Assert.EndsWith("." + Convert.ToHexStringLower(SHA256.HashData(der)), token);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string reason)
    {
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(ErrorCodes.TokenRefused, problem.RootElement.GetProperty("code").GetString());
        Assert.Contains(reason, problem.RootElement.GetProperty("detail").GetString());
    }
}
