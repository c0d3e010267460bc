using System.CommandLine;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Server.Commands;
using Fleet.Server.Data.Audit;
using Fleet.Server.Data;
using Fleet.Server.Identity;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Identity.PolicyKeys;
using Fleet.Server.Tests.Host;
using Fleet.Server.Tests.Rollouts;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Identity;

/// <summary>The key that signs policies, replaced while a server runs: what agents of this version and of the previous one get, and what a crash between two steps leaves.</summary>
public sealed class PolicyKeyTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    private string Pki => Path.Combine(_server.Data, "pki");

    private PolicySigner Signer => _server.Services.GetRequiredService<PolicySigner>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Replace_AgentIsConnected_IsToldAtOnceAndServedByTheNewKey()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "told");
        List<SignedPolicyKeys> told = [];
        HelloReply hello = await agent.ConnectAsync(prepare: hub => hub.On<SignedPolicyKeys>(nameof(IAgentClient.PolicyKeys), list =>
        {
            lock (told)
            {
                told.Add(list);
            }
        }));
        string first = Signer.PublicKey;
        Assert.Null(hello.PolicyKeys);
        Assert.True(Signatures.Verify((await FetchAsync(agent))!, first));

        PolicyKeyEntry next = Keeper().Prepare(null);
        await WaitFor.TrueAsync(() => told.Count is 1);
        Assert.Equal([first, next.PublicKey], Read(told[0]).Keys);
        Assert.True(Signatures.Verify((await FetchAsync(agent))!, first), "a prepared key signs nothing");

        Keeper().Activate(null);
        await WaitFor.TrueAsync(() => Signer.Ring.Signing.Number is 2);
        SignedAssignment activated = (await FetchAsync(agent))!;
        Assert.True(Signatures.Verify(activated, next.PublicKey));
        Assert.Equal([first, next.PublicKey], Read(activated.Keys!).Keys);

        Keeper().Retire(1, null);
        await WaitFor.TrueAsync(() => told.Count is 2);
        PolicyKeyList last = Read(told[1]);
        Assert.Equal((next.PublicKey, first), (Assert.Single(last.Keys), Assert.Single(last.Retired)));
        Assert.True(last.Number > Read(told[0]).Number);
        Assert.Equal(told[1], (await agent.ConnectAsync()).PolicyKeys);
        Assert.False(File.Exists(Path.Combine(Pki, "policy.key")));
        await AuditedAsync("policy-key.prepared", "policy-key.activated", "policy-key.retired");
    }

    [Fact]
    public async Task Replace_AgentOfThePreviousProtocol_IsServedByTheKeyItJoinedWithUntilThatIsRetired()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "of-before");
        string first = Signer.PublicKey;
        bool told = false;
        HelloReply before = await agent.ConnectAsync(protocol: LinkProtocol.PolicyKeysSince - 1, prepare: hub => hub.On<SignedPolicyKeys>(nameof(IAgentClient.PolicyKeys), _ => told = true));

        Keeper().Prepare(null);
        Keeper().Activate(null);
        await WaitFor.TrueAsync(() => Signer.Ring.Signing.Number is 2);

        SignedAssignment served = (await FetchAsync(agent))!;
        Assert.True(Signatures.Verify(served, first));
        Assert.Null(served.Keys);
        Assert.Null(before.PolicyKeys);
        await using TestAgent joins = new(_server, "joins-now");
        EnrollReply reply = (await (await joins.EnrollAsync(await TestAgent.TokenAsync(_server))).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<EnrollReply>(FleetJson.Options, Ct))!;
        Assert.Equal((first, 2), (reply.PolicyKey, Read(reply.PolicyKeys!).Keys.Count));

        Assert.Contains("1 agent is too old", await RunAsync(1, "retire", "1"), StringComparison.Ordinal);
        Assert.Contains("Policy key 1", await RunAsync(0, "retire", "1", "--force"), StringComparison.Ordinal);
        await WaitFor.TrueAsync(() => Signer.Ring.ForOldAgents.Number is 2);
        Assert.True(Signatures.Verify((await FetchAsync(agent))!, Signer.Ring.Signing.PublicKey));
        Assert.False(told);
    }

    [Fact]
    public async Task View_KeysAndAgents_AreCounted()
    {
        await using TestAgent ahead = await TestAgent.JoinedAsync(_server, "ahead");
        await using TestAgent old = await TestAgent.JoinedAsync(_server, "old");
        await ahead.ConnectAsync();
        await old.ConnectAsync(protocol: LinkProtocol.PolicyKeysSince - 1);
        Assert.Equal((null, 1, 0, 1), await SummaryAsync());

        Keeper().Prepare(null);
        await WaitFor.TrueAsync(() => Signer.Ring.List is not null);
        Assert.Equal((Signer.ListNumber, 2, 2, 1), await SummaryAsync());
        await ahead.Hub.InvokeAsync(nameof(IAgentHub.ReportState), new StateReport(0, [], [], 0, null, PolicyKeys: Signer.ListNumber), Ct);

        Assert.Equal((Signer.ListNumber, 2, 1, 1), await SummaryAsync());
        string shown = await RunAsync(0, "show");
        Assert.Contains("policy key    1", shown, StringComparison.Ordinal);
        Assert.Contains("1 agent has yet to get it, 1 of an older version", shown, StringComparison.Ordinal);
        Assert.Contains("\"agentsWithoutLists\": 1", await RunAsync(0, "show", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PushEvents_AgentRefusedAKey_StandsInTheAuditLogOnceAMinute()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "met-a-thief");
        await agent.ConnectAsync();
        FleetEvent refusal = new()
        {
            Host = agent.Id,
            HostName = agent.Name,
            Epoch = 7,
            Sequence = 1,
            Time = TimeProvider.System.GetUtcNow(),
            Kind = EventKinds.PolicyKeyRefused,
            Detail = "The assignment is signed by policy key 0123456789abcdef, which the server's root has retired (list 7: fedc).",
        };

        await agent.PushAsync(refusal, refusal with { Sequence = 2 });
        await agent.PushAsync(refusal with { Sequence = 3 });

        AuditRow row = Assert.Single(await AuditAsync(), row => row.Action is "policy-key.refuse");
        Assert.Equal(agent.Id.ToString(), row.Subject);
        Assert.Contains("met-a-thief: The assignment is signed by policy key 0123456789abcdef", row.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeper_StepsOutOfOrder_SayWhatToDo()
    {
        Assert.Contains("policy-key prepare", Fails(() => Keeper().Activate(null)), StringComparison.Ordinal);
        Assert.Contains("Prepare and activate another first", Fails(() => Keeper().Retire(1, null)), StringComparison.Ordinal);
        Assert.Contains("policy-key show", Fails(() => Keeper().Retire(9, null)), StringComparison.Ordinal);
        Keeper().Prepare(null);
        Assert.Contains("prepared already", Fails(() => Keeper().Prepare(null)), StringComparison.Ordinal);
        Keeper().Activate(null);
        Assert.Contains("activated already", Fails(() => Keeper().Activate(2)), StringComparison.Ordinal);
        Keeper().Retire(1, null);
        Assert.Contains("retired already", Fails(() => Keeper().Retire(1, null)), StringComparison.Ordinal);
        Assert.Contains("is retired", Fails(() => Keeper().Activate(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Keeper_RootsKeyIsElsewhere_NeedsItForAllButActivate()
    {
        string safe = Directory.CreateTempSubdirectory("fleet-safe-").FullName;
        string key = Path.Combine(safe, "ca.key");
        File.Move(Path.Combine(Pki, "ca.key"), key);
        using ECDsa another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(safe, "another.key"), another.ExportPkcs8PrivateKeyPem());

        Assert.Contains("--root-key", Fails(() => Keeper().Prepare(null)), StringComparison.Ordinal);
        Assert.Contains("is not the key of this root", Fails(() => Keeper().Prepare(Path.Combine(safe, "another.key"))), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Pki, "policy-keys.json")), "what failed changed nothing");
        Keeper().Prepare(key);
        Keeper().Activate(null);
        Assert.Contains("--root-key", Fails(() => Keeper().Retire(1, null)), StringComparison.Ordinal);
        Keeper().Retire(1, key);
        Directory.Delete(safe, recursive: true);
    }

    [Fact]
    public async Task Keeper_KilledBetweenTwoFiles_GoesOnFromThere()
    {
        // The private half was written, and nothing that names it.
        using (ECDsa orphan = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(Path.Combine(Pki, "policy-2.key"), orphan.ExportPkcs8PrivateKeyPem(), Ct);
        }

        await _server.RestartAsync();
        Assert.Equal((1, 0L), (Signer.Ring.Signing.Number, Signer.ListNumber));
        PolicyKeyEntry next = Keeper().Prepare(null);
        Keeper().Activate(null);
        await _server.RestartAsync();
        Assert.Equal(next.PublicKey, Signer.Ring.Signing.PublicKey);

        // The list was written, and the private half of the retired one is there yet.
        byte[] old = await File.ReadAllBytesAsync(Path.Combine(Pki, "policy.key"), Ct);
        Keeper().Retire(1, null);
        await File.WriteAllBytesAsync(Path.Combine(Pki, "policy.key"), old, Ct);
        await _server.RestartAsync();
        Assert.Equal((2, 2), (Signer.Ring.Signing.Number, Signer.Ring.ForOldAgents.Number));
        Assert.Contains("retired already", Fails(() => Keeper().Retire(1, null)), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Pki, "policy.key")));
    }

    [Fact]
    public async Task Server_RestoredFromBeforeTheReplacement_MakesAListThatAgentsTake()
    {
        CopyPki("kept");
        Keeper().Prepare(null);
        Keeper().Activate(null);
        Keeper().Retire(1, null);
        long heard = new PolicyKeyFiles(Pki).Read().ListNumber;
        CopyPki("pki", from: "kept");
        File.Delete(Path.Combine(Pki, "policy-keys.json"));
        await _server.RestartAsync();
        Assert.Equal(0, Signer.ListNumber);

        TimeProvider later = new LaterTime(TimeSpan.FromMinutes(1));
        new PolicyKeyKeeper(Pki, later).Prepare(null);

        Assert.True(new PolicyKeyFiles(Pki).Read().ListNumber > heard);
        using X509Certificate2 root = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(Pki, "ca.crt"), Ct));
        Assert.True(ListedPolicyKeys.TryRead(new PolicyKeyFiles(Pki).Read().List, root, out _), "an agent reads it");
    }

    [Fact]
    public async Task Refresh_FilesAreBroken_SignsAsBefore()
    {
        Keeper().Prepare(null);
        Keeper().Activate(null);
        PolicyKeyWatch watch = _server.Services.GetRequiredService<PolicyKeyWatch>();
        await watch.LookAsync(Ct);
        await WaitFor.TrueAsync(() => Signer.Ring.Signing.Number is 2);

        await File.WriteAllTextAsync(Path.Combine(Pki, "policy-keys.json"), "{ broken", Ct);
        await watch.LookAsync(Ct);

        Assert.Equal(2, Signer.Ring.Signing.Number);
        Assert.Contains("policy-keys.json", (await Assert.ThrowsAsync<Fleet.Server.Hosting.StartException>(_server.RestartAsync)).Message, StringComparison.Ordinal);
    }

    private PolicyKeyKeeper Keeper() => new(Pki, TimeProvider.System);

    private static Task<SignedAssignment?> FetchAsync(TestAgent agent) => agent.Hub.InvokeAsync<SignedAssignment?>(nameof(IAgentHub.FetchAssignment), null, Ct);

    private static PolicyKeyList Read(SignedPolicyKeys signed) => FleetJson.Read<PolicyKeyList>(Convert.FromBase64String(signed.Payload))!;

    private static string Fails(Action act) => Assert.Throws<AuthorityException>(act).Message;

    private async Task<(long? List, int Keys, int? Behind, int? WithoutLists)> SummaryAsync()
    {
        using HttpClient client = _server.Admin();
        PolicyKeysView view = (await client.GetFromJsonAsync<AuthorityView>("/api/v1/authority", FleetJson.Options, Ct))!.PolicyKeys!;
        return (view.List, view.Keys.Count, view.AgentsBehind, view.AgentsWithoutLists);
    }

    private async Task<string> RunAsync(int expected, params string[] words)
    {
        using StringWriter said = new();
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        Console.SetOut(said);
        Console.SetError(said);
        try
        {
            Assert.Equal(expected, await new RootCommand { AuthorityCommand.Create() }.Parse(["authority", "policy-key", .. words, "--data", _server.Data]).InvokeAsync(cancellationToken: Ct));
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        return said.ToString();
    }

    private void CopyPki(string to, string from = "pki")
    {
        string target = Directory.CreateDirectory(Path.Combine(_server.Data, to)).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(_server.Data, from)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    private async Task<List<AuditRow>> AuditAsync()
    {
        await using FleetDb db = await _server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        return await db.Set<AuditRow>().AsNoTracking().OrderBy(row => row.Number).ToListAsync(Ct);
    }

    private Task AuditedAsync(params string[] actions) => WaitFor.TrueAsync(async () =>
        (await AuditAsync()).Select(row => row.Action).Where(action => action.StartsWith("policy-key.", StringComparison.Ordinal)).SequenceEqual(actions));

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
