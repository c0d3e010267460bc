using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Tests.Identity;

[Collection(SharedServer.Name)]
public sealed class RenewalTests(TestServer server)
{
    private readonly ECDsa _next = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task Hello_SaysWhenToRenew_AtTwoThirdsOfTheLifetime()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-when");

        HelloReply reply = await agent.ConnectAsync();

        DateTimeOffset middle = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(60);
        Assert.InRange(reply.RenewAt!.Value, middle - TimeSpan.FromHours(1), middle + TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task SpireRotationCrash_AnswerNeverUsed_TheOldCertificateStaysGood()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-lost");
        await agent.ConnectAsync();

        using X509Certificate2 lost = await agent.RenewAsync(_next);

        Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));
        Assert.Null(await AgentDoor.KnockAsync(server, agent.Certificate));
    }

    [Fact]
    public async Task SpireRotationCrash_AskedAgainWithTheSameKey_EitherAnswerComesIn()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-twice");
        await agent.ConnectAsync();
        using X509Certificate2 first = await agent.RenewAsync(_next);
        using ECDsa same = ECDsa.Create(_next.ExportParameters(includePrivateParameters: true));
        using X509Certificate2 second = await agent.RenewAsync(same);

        Assert.Null(await AgentDoor.KnockAsync(server, second));
        Assert.Null(await AgentDoor.KnockAsync(server, first));
    }

    [Fact]
    public async Task Knock_RenewedCertificate_EndsTheOldOneForGood()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-replay");
        await agent.ConnectAsync();
        using X509Certificate2 renewed = await agent.RenewAsync(_next);

        Assert.Null(await AgentDoor.KnockAsync(server, renewed));
        Assert.Equal(Refusals.Superseded, await AgentDoor.KnockAsync(server, agent.Certificate));
        await AgentDoor.AuditedAsync(server, Refusals.Superseded, agent.Id.ToString());
        Assert.Null(await AgentDoor.KnockAsync(server, renewed));
    }

    [Fact]
    public async Task Knock_TwoRenewalsOfAClonedIdentityRace_OneHostIsLeft()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-clone");
        await agent.ConnectAsync();
        using ECDsa otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 one = await agent.RenewAsync(_next);
        using X509Certificate2 other = await agent.RenewAsync(otherKey);

        string?[] answers = await Task.WhenAll(AgentDoor.KnockAsync(server, one), AgentDoor.KnockAsync(server, other));

        Assert.Equal([Refusals.Superseded, null], answers);
    }

    [Fact]
    public async Task Renew_KeyOfAHost_IsRefused()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-same-key");
        await agent.ConnectAsync();
        using ECDsa same = ECDsa.Create(agent.Key.ExportParameters(includePrivateParameters: true));

        HubException refusal = await Assert.ThrowsAsync<HubException>(() => agent.RenewAsync(same));

        Assert.Contains("takes a new one", refusal.Message);
    }

    [Fact]
    public async Task Renew_AgainAndAgain_IsBounded()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "renew-flood");
        await agent.ConnectAsync();

        HubException refusal = await Assert.ThrowsAsync<HubException>(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                using ECDsa same = ECDsa.Create(_next.ExportParameters(includePrivateParameters: true));
                (await agent.RenewAsync(same)).Dispose();
            }
        });

        Assert.Contains("within an hour", refusal.Message);
    }

    [Fact]
    public async Task Enroll_OldKeySignsForTheNewOne_StaysTheSameHost()
    {
        await using TestAgent before = await TestAgent.JoinedAsync(server, "comes-back");
        await using TestAgent after = new(server, "comes-back");

        EnrollReply reply = await JoinAgainAsync(after, before.Id, before.Key);

        Assert.Equal(before.Id, reply.Host);
        after.Take(reply);
        Assert.Null(await AgentDoor.KnockAsync(server, after.Certificate));
        Assert.Equal(Refusals.Superseded, await AgentDoor.KnockAsync(server, before.Certificate));
    }

    [Fact]
    public async Task KeylimeEkAk_ProofByAnotherKey_MakesAnotherHost()
    {
        await using TestAgent victim = await TestAgent.JoinedAsync(server, "victim");
        await using TestAgent thief = new(server, "thief");
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        EnrollReply reply = await JoinAgainAsync(thief, victim.Id, own, shown: victim.Key);

        Assert.NotEqual(victim.Id, reply.Host);
        Assert.Null(await AgentDoor.KnockAsync(server, victim.Certificate));
    }

    [Fact]
    public async Task KeylimeEkAk_ProofForAnotherRequest_MakesAnotherHost()
    {
        await using TestAgent victim = await TestAgent.JoinedAsync(server, "victim-2");
        await using TestAgent thief = new(server, "thief-2");

        EnrollReply reply = await JoinAgainAsync(thief, victim.Id, victim.Key, signedRequest: [1, 2, 3]);

        Assert.NotEqual(victim.Id, reply.Host);
        Assert.Null(await AgentDoor.KnockAsync(server, victim.Certificate));
    }

    [Fact]
    public async Task KeylimeDuplicateUuid_FiftyRaceWithOneKey_BecomeOneHost()
    {
        string token = await TestAgent.TokenAsync(server, uses: 100);
        await using TestAgent agent = new(server, "fifty");
        string request = Convert.ToBase64String(new CertificateRequest("CN=x", agent.Key, HashAlgorithmName.SHA256).CreateSigningRequest());

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => agent.EnrollAsync(token, request)));

        Assert.Equal(20, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.All(answers.Where(answer => !answer.IsSuccessStatusCode), answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode));
        HostId[] hosts = await Task.WhenAll(answers.Where(answer => answer.IsSuccessStatusCode).Select(async answer =>
            (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, TestContext.Current.CancellationToken))!.Host));
        Assert.Single(hosts.Distinct());
    }

    [Fact]
    public async Task KeylimeDuplicateUuid_FiftyRaceWithOneMachineId_StayFiftyHosts()
    {
        string token = await TestAgent.TokenAsync(server, uses: 50);
        TestAgent[] racers = [.. Enumerable.Range(0, 50).Select(i => new TestAgent(server, $"same-machine-{i}") { MachineId = "one-machine-for-fifty" })];

        HttpResponseMessage[] answers = await Task.WhenAll(racers.Select(racer => racer.EnrollAsync(token)));

        HostId[] hosts = await Task.WhenAll(answers.Select(async answer =>
            (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, TestContext.Current.CancellationToken))!.Host));
        Assert.Equal(50, hosts.Distinct().Count());
        foreach (TestAgent racer in racers)
        {
            await racer.DisposeAsync();
        }
    }

    [Fact]
    public async Task SpireX509popCpu_RequestWithAHugeKey_IsRefusedBeforeItsSignatureIsComputed()
    {
        await using TestAgent agent = new(server, "huge-key");
        using RSA rsa = RSA.Create(4096);
        byte[] request = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();
        request[^1] ^= 1; // Were the signature looked at, the answer would be the same; that the key is named first is what bounds the cost.

        HttpResponseMessage answer = await agent.EnrollAsync(await TestAgent.TokenAsync(server), Convert.ToBase64String(request));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<EnrollReply> JoinAgainAsync(TestAgent agent, HostId host, ECDsa signer, ECDsa? shown = null, byte[]? signedRequest = null)
    {
        byte[] request = new CertificateRequest("CN=ignored", agent.Key, HashAlgorithmName.SHA256).CreateSigningRequest();
        byte[] signature = signer.SignData(EnrolledBefore.SignedBytes(host, signedRequest ?? request), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        EnrolledBefore proof = new(host, Convert.ToBase64String((shown ?? signer).ExportSubjectPublicKeyInfo()), Convert.ToBase64String(signature));
        HttpResponseMessage answer = await agent.EnrollAsync(await TestAgent.TokenAsync(server), Convert.ToBase64String(request), proof);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, TestContext.Current.CancellationToken))!;
    }
}
