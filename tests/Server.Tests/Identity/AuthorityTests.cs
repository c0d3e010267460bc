using System.CommandLine;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Contracts;
using Fleet.Server.Commands;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Identity;

/// <summary>The authority in the life of a server of its own: older than intermediates, with its root's key taken away, rotated while agents are connected.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private readonly TestServer _server = new();
    private readonly string _safe = Directory.CreateTempSubdirectory("fleet-safe-").FullName;

    private string Pki => Path.Combine(_server.Data, "pki");

    private CertificateAuthority Authority => _server.Services.GetRequiredService<CertificateAuthority>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_safe, recursive: true);
    }

    [Fact]
    public async Task Start_DataOfBeforeIntermediates_KeepsTheRootAndTheAgentsOfThen()
    {
        using ECDsa agentKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = OldRoot();
        HostId host = new(Guid.CreateVersion7());
        using X509Certificate2 old = AgentDoor.Make(host.ToString(), root, root.NotBefore, DateTimeOffset.UtcNow.AddDays(30), agentKey);
        await _server.InitializeAsync();
        await AddHostAsync(host, CertificateAuthority.Thumbprint(old.PublicKey));
        await _server.RestartAsync();

        Assert.Equal(root.Thumbprint, Authority.Root.Thumbprint);
        Assert.Null(await AgentDoor.KnockAsync(_server, old));
        Assert.Null(await AgentDoor.KnockAsync(_server, old));
        Assert.True(await TrustedByPinAsync(root), "an agent that knows only the old root must accept the chain that the server sends");
        await using TestAgent fresh = await TestAgent.JoinedAsync(_server, "joined-after");
        Assert.Null(await AgentDoor.KnockAsync(_server, fresh.Certificate));
    }

    [Fact]
    public async Task Start_RootsKeyTakenAway_RunsAndAdmits()
    {
        await _server.InitializeAsync();
        File.Move(Path.Combine(Pki, "ca.key"), Path.Combine(_safe, "ca.key"));
        await _server.RestartAsync();

        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "without-root-key");

        Assert.Null(await AgentDoor.KnockAsync(_server, agent.Certificate));
        AuthorityException missing = Assert.Throws<AuthorityException>(() => Keeper().Prepare(null));
        Assert.Contains("--root-key", missing.Message);
        Assert.Equal(2, Keeper().Prepare(Path.Combine(_safe, "ca.key")).Number);
    }

    [Fact]
    public async Task Start_NeitherIntermediateNorRootsKey_SaysWhatToBring()
    {
        using (OldRoot())
        {
            File.Delete(Path.Combine(Pki, "ca.key"));
        }

        StartException refusal = await Assert.ThrowsAsync<StartException>(() => _server.InitializeAsync().AsTask());

        Assert.Contains("--root-key", refusal.Message);
    }

    [Fact]
    public void Prepare_AnotherRootsKey_IsRefused()
    {
        Keeper().Ensure();
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string file = Path.Combine(_safe, "other.key");
        File.WriteAllText(file, other.ExportPkcs8PrivateKeyPem());

        Assert.Contains("is not the key of this root", Assert.Throws<AuthorityException>(() => Keeper().Prepare(file)).Message);
    }

    [Fact]
    public async Task Activate_AgentIsConnected_IsAskedToRenewAndTheOldOneCanRetire()
    {
        await _server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "rotating");
        TaskCompletionSource<DateTimeOffset> asked = new();
        await agent.ConnectAsync(prepare: hub => hub.On<DateTimeOffset>(nameof(IAgentClient.RenewCertificate), at => asked.TrySetResult(at)));

        Keeper().Prepare(null);
        Keeper().Activate(null);
        await asked.Task.WaitAsync(WaitFor.Patience, TestContext.Current.CancellationToken);
        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 renewed = await agent.RenewAsync(next);

        Assert.Null(await AgentDoor.KnockAsync(_server, agent.Certificate));
        Assert.Null(await AgentDoor.KnockAsync(_server, renewed));
        Assert.Equal([0, 1], (await ViewAsync()).Intermediates.Select(one => one.Agents!.Value));
        Assert.True(await TrustedByPinAsync(Authority.Root));
        Keeper().Retire(1);
        await WaitFor.TrueAsync(() => Authority.Current.Find(1)!.Entry.State is IntermediateState.Retired);
        Assert.Null(await AgentDoor.KnockAsync(_server, renewed));
        Assert.False(File.Exists(Path.Combine(Pki, "intermediate-1.key")));
    }

    [Fact]
    public async Task Retire_RootsKeyIsHere_AgentsAreToldAtOnceAndWithEachHello()
    {
        await _server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "told");
        TaskCompletionSource<string> told = new();
        await agent.ConnectAsync(prepare: hub => hub.On<string>(nameof(IAgentClient.Revoked), list => told.TrySetResult(list)));
        Keeper().Prepare(null);
        Keeper().Activate(null);
        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await WaitFor.TrueAsync(() => Authority.Current.Issuing!.Entry.Number is 2);
        using X509Certificate2 renewed = await agent.RenewAsync(next);
        HelloReply before = await agent.ConnectAsync(certificate: renewed, prepare: hub => hub.On<string>(nameof(IAgentClient.Revoked), list => told.TrySetResult(list)));

        Assert.True(Keeper().Retire(1).Told);

        string list = await told.Task.WaitAsync(WaitFor.Patience, TestContext.Current.CancellationToken);
        Assert.Null(before.Revoked);
        Assert.Equal(list, (await agent.ConnectAsync(certificate: renewed)).Revoked);
        CertificateRevocationListBuilder read = CertificateRevocationListBuilder.Load(Convert.FromBase64String(list), out System.Numerics.BigInteger number);
        Assert.Equal(1, number);
        Assert.True(read.RemoveEntry(Authority.Current.Find(1)!.Certificate.SerialNumberBytes.ToArray()));
        Assert.False(read.RemoveEntry(Authority.Current.Find(2)!.Certificate.SerialNumberBytes.ToArray()));
    }

    [Fact]
    public async Task Revoke_RootsKeyIsElsewhere_IsSignedWhenItIsBrought()
    {
        await _server.InitializeAsync();
        Keeper().Prepare(null);
        Keeper().Activate(null);
        string key = Path.Combine(_safe, "ca.key");
        File.Move(Path.Combine(Pki, "ca.key"), key);

        Assert.False(Keeper().Retire(1).Told);
        await WaitFor.TrueAsync(() => Authority.Current.Find(1)!.Entry.State is IntermediateState.Retired);
        Assert.Null(Authority.Current.Revoked);

        Assert.Equal([1], Keeper().Revoke(key));
        await WaitFor.TrueAsync(() => Authority.Current.Revoked is not null);
        Assert.Throws<AuthorityException>(() => Keeper().Revoke(null));
    }

    [Fact]
    public async Task Retire_AgentStillUsesIt_IsCutOffAndRefusedWithTheReason()
    {
        await _server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "left-behind");
        TaskCompletionSource closed = new();
        await agent.ConnectAsync(prepare: hub => hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        });

        Keeper().Prepare(null);
        Keeper().Activate(null);
        Keeper().Retire(1);

        await closed.Task.WaitAsync(WaitFor.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(Refusals.RetiredIssuer, await AgentDoor.KnockAsync(_server, agent.Certificate));
        await AgentDoor.AuditedAsync(_server, Refusals.RetiredIssuer, agent.Id.ToString());
    }

    [Fact]
    public void Retire_TheOneThatIssues_IsRefused()
    {
        Keeper().Ensure();

        Assert.Contains("activate another first", Assert.Throws<AuthorityException>(() => Keeper().Retire(1)).Message);
    }

    [Fact]
    public async Task Refresh_FilesAreBroken_StaysAsItWas()
    {
        await _server.InitializeAsync();
        await File.WriteAllTextAsync(Path.Combine(Pki, "authority.json"), "{ broken", TestContext.Current.CancellationToken);

        await _server.Services.GetRequiredService<AuthorityWatch>().LookAsync(TestContext.Current.CancellationToken);

        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "broken-files");
        Assert.Null(await AgentDoor.KnockAsync(_server, agent.Certificate));
    }

    [Fact]
    public async Task HowTo_EveryCommand_DoesWhatThePageSays()
    {
        string[] commands = [.. Page().Where(line => line.StartsWith("fleet-server authority ", StringComparison.Ordinal)).Select(line => line["fleet-server ".Length..])];
        Assert.Equal(
            ["init", "prepare", "show", "activate", "retire", "policy-key prepare", "policy-key activate", "policy-key show", "policy-key retire"],
            commands.Select(command => command.Split(' ') is [_, "policy-key", var verb, ..] ? $"policy-key {verb}" : command.Split(' ')[1]));

        foreach (string command in commands)
        {
            if (command.StartsWith("authority prepare", StringComparison.Ordinal))
            {
                await _server.InitializeAsync(); // It runs while its intermediate is rotated.
            }

            string[] words = command.Replace("DATA", _server.Data, StringComparison.Ordinal).Replace("SAFE", _safe, StringComparison.Ordinal).Split(' ');
            Assert.Equal(0, await new RootCommand { AuthorityCommand.Create() }.Parse(words).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
        }

        AuthorityView view = await ViewAsync();
        Assert.False(view.RootKeyHere);
        await WaitFor.TrueAsync(async () => (await ViewAsync()).Intermediates.Select(one => one.State).SequenceEqual(["retired", "activated"]));
    }

    [Fact]
    public async Task Metrics_CertificatePastFourFifths_IsOverdue()
    {
        await _server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "overdue");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using (X509Certificate2 nearlyOver = AgentDoor.Make(agent.Id.ToString(), Authority.Current.Issuing!.Certificate, now.AddHours(-9), now.AddHours(1), agent.Key))
        {
            Assert.Null(await AgentDoor.KnockAsync(_server, nearlyOver));
        }

        using HttpClient client = _server.Admin();
        string metrics = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        metrics = string.Join('\n', metrics.Split('\n').Where(line => line.StartsWith("pcifleet_certificates{", StringComparison.Ordinal) || line.StartsWith("pcifleet_agents_refused", StringComparison.Ordinal)));

        Assert.Matches("""pcifleet_certificates\{[^}]*kind="agent",state="overdue"[^}]*\} 1\b""", metrics);
        Assert.Matches("""pcifleet_certificates\{[^}]*kind="intermediate",state="good"[^}]*\} 1\b""", metrics);
        Assert.Matches("""pcifleet_agents_refused_total\{[^}]*reason="superseded"[^}]*\} 0\b""", metrics);
        HostView host = (await client.GetFromJsonAsync<HostView>($"/api/v1/hosts/{agent.Id}", FleetJson.Options, TestContext.Current.CancellationToken))!;
        Assert.True(host.CertificateOverdue);
    }

    [Fact]
    public async Task FleetHeaderSpoof_ForwardedForAnotherAddress_BuysNoMoreTriesToJoin()
    {
        await _server.InitializeAsync();
        using HttpClient client = new(TestAgent.Handler(null)) { BaseAddress = _server.Agents };
        int refused = 0;
        for (int i = 0; i < 3000 && refused is 0; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, LinkProtocol.EnrollPath);
            request.Headers.Add("X-Forwarded-For", $"192.0.2.{i % 250}");
            using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            refused += (int)answer.StatusCode is 429 ? 1 : 0;
        }

        Assert.Equal(1, refused);
    }

    private AuthorityKeeper Keeper() => new(Pki, TimeProvider.System);

    private async Task<AuthorityView> ViewAsync()
    {
        using HttpClient client = _server.Admin();
        return (await client.GetFromJsonAsync<AuthorityView>("/api/v1/authority", FleetJson.Options, TestContext.Current.CancellationToken))!;
    }

    // As servers made them before there were intermediates: none allowed below.
    private X509Certificate2 OldRoot()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=pcifleet authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        X509Certificate2 root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(3650));
        Directory.CreateDirectory(Pki);
        File.WriteAllText(Path.Combine(Pki, "ca.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(Pki, "ca.crt"), root.ExportCertificatePem());
        return root;
    }

    private async Task AddHostAsync(HostId host, string thumbprint)
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        db.Hosts.Add(new HostRow { Id = host, Name = "of-old", MachineId = "m", KeyThumbprint = thumbprint, JoinTokenId = "t", AdmittedBy = "admin", Joined = DateTimeOffset.UtcNow, LastSeen = DateTimeOffset.UtcNow });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    // The check that agents made before there were intermediates, and make now.
    private async Task<bool> TrustedByPinAsync(X509Certificate2 root)
    {
        bool trusted = false;
        using TcpClient tcp = new();
        await tcp.ConnectAsync(_server.Agents.Host, _server.Agents.Port, TestContext.Current.CancellationToken);
        await using SslStream tls = new(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, shown, presented, _) =>
                {
                    using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(shown!.GetRawCertData());
                    using X509Chain chain = new();
                    chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                    chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(root.RawDataMemory.Span));
                    chain.ChainPolicy.ExtraStore.AddRange(presented!.ChainPolicy.ExtraStore);
                    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                    chain.ChainPolicy.ApplicationPolicy.Add(new Oid(CertificateAuthority.ServerAuthentication));
                    return trusted = chain.Build(leaf);
                },
            },
            TestContext.Current.CancellationToken);
        return trusted;
    }

    private static string[] Page()
    {
        DirectoryInfo directory = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Fleet.sln")))
        {
            directory = directory.Parent!;
        }

        return File.ReadAllLines(Path.Combine(directory.FullName, "docs", "how-to", "certificates.md"));
    }
}
