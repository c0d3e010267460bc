using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Tests.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;

namespace Fleet.Server.Tests.Access;

/// <summary>
/// Every operation of the API that changes something, done once: the audit trail says who did what to what. An operation that is not in the table fails
/// the test, so that none is forgotten.
/// </summary>
public sealed class AuditedActsTests : IAsyncLifetime
{
    private const string Document = """{ "selector": "vendor:ffff", "validity": { "from": "2026-01-01T00:00:00Z" } }""";

    // Each changes nothing: a document is a body, and bodies are posted.
    private static readonly string[] OnlyAnswer = ["validatePolicy", "importReferenceValues"];

    private readonly TestServer _server = new(); // Of its own, so that its hosts are those of one test.
    private readonly Dictionary<string, string> _secrets = [];
    private string _last = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Changes_EveryOperation_StandsInTheAuditTrail()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(_server, "audited", drive);
        await host.FirstAsync();
        using ECDsa key = Trusted("vendor");
        (string Operation, string Action, string Says, Func<Task<HttpResponseMessage>> Do)[] acts =
        [
            ("createJoinToken", "token.create", "", () => PostAsync(host, "join-tokens", new CreateJoinToken())),
            ("deleteJoinToken", "token.revoke", "After 0 of 1 uses", () => DeleteAsync(host, $"join-tokens/{_last}")),
            ("createApiToken", "api-token.create", "hosts:read", () => PostAsync(host, "tokens", new CreateApiToken("ci", [Scopes.HostsRead]))),
            ("deleteApiToken", "api-token.revoke", "ci", () => DeleteAsync(host, $"tokens/{_last}")),
            ("createSignInLink", "sign-in.create", "viewer", () => PostAsync(host, "sign-in-links", new CreateSignIn(Roles.Viewer, "alice"))),
            ("labelHost", "host.label", "audited: pool: none → prod", () => LabelAsync(host, "prod")),
            ("labelHost", "host.label", "audited: pool: prod → none", () => LabelAsync(host, null)),
            ("putPolicy", "policy.create", "Revision 1: enforce, 1 claims for every host (1 now)", () => PutAsync(host, "policies/kept", Yaml("first"))),
            ("putPolicy", "policy.update", "Revision 1 → 2", () => PutAsync(host, "policies/kept", Yaml("second"))),
            ("createRollout", "rollout.create", "Policy kept revision 2 to 1 hosts in waves of 100 %, paused", () => PostAsync(host, "rollouts", Rollout())),
            ("resumeRollout", "rollout.resume", "paused → running in wave 1 of 1, 1 hosts", () => PostAsync(host, $"rollouts/{_last}:resume")),
            ("pauseRollout", "rollout.pause", "running → paused", () => PostAsync(host, $"rollouts/{_last}:pause")),
            ("abortRollout", "rollout.abort", "paused → aborted", () => PostAsync(host, $"rollouts/{_last}:abort")),
            ("deletePolicy", "policy.delete", "policies/kept/revisions/2", () => DeleteAsync(host, "policies/kept?unassign=true")),
            ("attestFunction", "attestation.run", "on audited", () => PostAsync(host, $"functions/{host.Function()}:attest")),
            ("putReferenceValues", "reference-values.create", "Revision 1", () => PutAsync(host, "reference-values/drives", AttestedHost.Document(drive))),
            ("recordBaseline", "baseline.record", "From attestation", () => RecordAsync(host)),
            ("pinBaseline", "baseline.pin", "Recorded from attestation", () => PostAsync(host, $"baselines/{host.Function()}:pin")),
            ("releaseQuarantine", "quarantine.release", "Flashed anew", () => ReleaseAsync(host, drive)),
            ("deleteBaseline", "baseline.delete", "", () => DeleteAsync(host, $"baselines/{host.Function()}")),
            ("deleteReferenceValues", "reference-values.delete", "After revision 1", () => DeleteAsync(host, "reference-values/drives")),
            ("importSignedReferenceValues", "reference-values.import", "signed by import key vendor", () => PostAsync(host, "reference-values/signed:import", Sign(key))),
            ("evictHost", "host.evict", "Stolen.", () => PostAsync(host, $"hosts/{host.Agent.Id}:evict", new ChangeAccess("Stolen."))),
            ("readmitHost", "host.readmit", "Found.", () => PostAsync(host, $"hosts/{host.Agent.Id}:readmit", new ChangeAccess("Found."))),
            ("banHost", "host.ban", "Lost.", () => PostAsync(host, $"hosts/{host.Agent.Id}:ban", new ChangeAccess("Lost."))),
            ("readmitHost", "host.readmit", "Again.", () => PostAsync(host, $"hosts/{host.Agent.Id}:readmit", new ChangeAccess("Again."))),
            ("deleteHost", "host.delete", "audited", () => DeleteAsync(host, $"hosts/{host.Agent.Id}")),
        ];

        Assert.Equal(await ChangingAsync(), acts.Select(act => act.Operation).Distinct().Order(StringComparer.Ordinal));
        foreach ((string operation, string action, string says, Func<Task<HttpResponseMessage>> act) in acts)
        {
            long before = (await AuditAsync(host)).Max(entry => entry.Number);
            using HttpResponseMessage answer = await act();
            Assert.True(answer.IsSuccessStatusCode, $"{operation}: {await answer.Content.ReadAsStringAsync(Ct)}");
            await KeepAsync(operation, answer);

            AuditView[] entries = [.. (await AuditAsync(host)).Where(entry => entry.Number > before && entry.Action == action)];
            Assert.True(entries.Length is 1, $"{operation} left {entries.Length} entries '{action}'.");
            Assert.Equal("local admin", entries[0].Who);
            Assert.NotEmpty(entries[0].Subject);
            Assert.Contains(says, entries[0].Detail, StringComparison.Ordinal);
        }

        string all = JsonSerializer.Serialize(await AuditAsync(host), FleetJson.Options);
        Assert.All(_secrets.Values, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        Assert.Equal(["createApiToken", "createJoinToken", "createSignInLink"], _secrets.Keys.Order(StringComparer.Ordinal));
        PolicyView deleted = await new FleetApi(host.Admin).GetPolicyRevisionAsync("kept", 2, Ct);
        Assert.Equal(("local admin", Yaml("second")), (deleted.Author, deleted.Document));
    }

    [Fact]
    public async Task Changes_OnlyTriedOrRefused_LeaveNoEntry()
    {
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "tried");
        using HttpClient admin = _server.Admin();
        FleetApi api = new(admin);
        long before = (await api.ListAuditAsync(new ListQuery(), Ct)).Items.Max(entry => entry.Number);

        using HttpResponseMessage tried = await admin.PutAsync("/api/v1/policies/tried?dryRun=true", new StringContent(Yaml("tried", "tried")), Ct);
        using HttpResponseMessage refused = await admin.PatchAsync($"/api/v1/hosts/{agent.Id}", JsonContent.Create(new PatchHost(new Dictionary<string, string?> { ["a"] = "b" }), options: FleetJson.Options), Ct);

        Assert.True(tried.IsSuccessStatusCode);
        Assert.Equal(System.Net.HttpStatusCode.PreconditionRequired, refused.StatusCode);
        Assert.Equal(before, (await api.ListAuditAsync(new ListQuery(), Ct)).Items.Max(entry => entry.Number));
    }

    private static CreateRollout Rollout() => new() { Policy = "kept", Waves = [new WaveSpec(100)], Paused = true };

    private static string Yaml(string description, string name = "kept") => $$"""
        apiVersion: fleet/v1
        kind: ClaimPolicy
        metadata: { name: {{name}}, description: '{{description}}' }
        spec:
          mode: enforce
          claims:
            - region: { doe: registers }
        """;

    private static async Task<IReadOnlyList<AuditView>> AuditAsync(AttestedHost host) => (await new FleetApi(host.Admin).ListAuditAsync(new ListQuery(), Ct)).Items;

    private static Task<HttpResponseMessage> PostAsync(AttestedHost host, string path, object? body = null) => SendAsync(host, HttpMethod.Post, path, body is null ? null : JsonContent.Create(body, options: FleetJson.Options));

    private static Task<HttpResponseMessage> PutAsync(AttestedHost host, string path, string document) => SendAsync(host, HttpMethod.Put, path, new StringContent(document, Encoding.UTF8, "text/plain"));

    private static Task<HttpResponseMessage> DeleteAsync(AttestedHost host, string path) => SendAsync(host, HttpMethod.Delete, path, null);

    private static Task<HttpResponseMessage> LabelAsync(AttestedHost host, string? pool) =>
        SendAsync(host, HttpMethod.Patch, $"hosts/{host.Agent.Id}", JsonContent.Create(new PatchHost(new Dictionary<string, string?> { ["pool"] = pool }), options: FleetJson.Options));

    // With the tag that the thing has now, where it has one.
    private static async Task<HttpResponseMessage> SendAsync(AttestedHost host, HttpMethod method, string path, HttpContent? content)
    {
        string thing = path.Split('?')[0];
        using HttpResponseMessage now = await host.Admin.GetAsync($"/api/v1/{(thing.Contains('/', StringComparison.Ordinal) ? thing.Split(':')[0] : thing)}", Ct);
        using HttpRequestMessage request = new(method, $"/api/v1/{path}") { Content = content };
        // A running rollout changes by itself, and needs no tag.
        if (now.Headers.ETag is { } tag && !path.StartsWith("rollouts/", StringComparison.Ordinal))
        {
            request.Headers.IfMatch.Add(tag);
        }

        return await host.Admin.SendAsync(request, Ct);
    }

    private static async Task<HttpResponseMessage> RecordAsync(AttestedHost host)
    {
        await host.AttestAsync(); // The one before ended, and this one is judged by the anchors that were put.
        return await PostAsync(host, $"baselines/{host.Function()}:record");
    }

    private static async Task<HttpResponseMessage> ReleaseAsync(AttestedHost host, ResponderOptions drive)
    {
        host.Devices[AttestedHost.Address()] = drive.With(ResponderFault.Tampered);
        Assert.Equal(AttestationState.Failed, (await host.AttestAsync()).Verdict);
        host.Devices[AttestedHost.Address()] = drive;
        return await PostAsync(host, "quarantine:release", new ReleaseQuarantine(host.Function(), "Flashed anew."));
    }

    private static SignedReferences Sign(ECDsa key)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Document);
        return new SignedReferences(Convert.ToBase64String(bytes), Convert.ToBase64String(key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
    }

    private ECDsa Trusted(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_server.Data, "import-keys")).FullName, $"{name}.pem"), key.ExportSubjectPublicKeyInfoPem());
        return key;
    }

    // What the next act is about, and what nobody may read in the trail.
    private async Task KeepAsync(string operation, HttpResponseMessage answer)
    {
        switch (operation)
        {
            case "createJoinToken":
                JoinTokenCreated join = (await answer.Content.ReadFromJsonAsync<JoinTokenCreated>(FleetJson.Options, Ct))!;
                (_last, _secrets[operation]) = (join.View.Id, TestAgent.Secret(join.Token));
                break;
            case "createApiToken":
                ApiTokenCreated token = (await answer.Content.ReadFromJsonAsync<ApiTokenCreated>(FleetJson.Options, Ct))!;
                (_last, _secrets[operation]) = (token.View.Id, token.Token.Split('_')[^1]);
                break;
            case "createSignInLink":
                _secrets[operation] = (await answer.Content.ReadFromJsonAsync<SignInCreated>(FleetJson.Options, Ct))!.Url.Split("token=")[1];
                break;
            case "createRollout":
                _last = (await answer.Content.ReadFromJsonAsync<RolloutView>(FleetJson.Options, Ct))!.Id;
                break;
        }
    }

    private async Task<IEnumerable<string>> ChangingAsync()
    {
        using HttpClient anonymous = _server.Anonymous();
        JsonElement paths = JsonDocument.Parse(await anonymous.GetStringAsync("/openapi/v1.json", Ct)).RootElement.GetProperty("paths");
        return paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Where(operation => operation.Name is not "get")
            .Select(operation => operation.Value.GetProperty("operationId").GetString()!).Except(OnlyAnswer).Order(StringComparer.Ordinal);
    }
}
