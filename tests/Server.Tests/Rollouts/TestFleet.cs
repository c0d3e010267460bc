using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Hosting;
using Fleet.Server.Live;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Rollouts;

/// <summary>A server as it is shipped, with hosts in its database whose agents are the tests: they report what a test says they do.</summary>
public sealed class TestFleet : IAsyncLifetime
{
    private ServerApp? _app;
    private HttpClient? _api;
    private string? _database;

    public HttpClient Api => _api!;

    /// <summary>Changes what the server is made of.</summary>
    internal Action<IServiceCollection>? Adjust { get; init; }

    internal IServiceProvider Services => _app!.Services;

    private string DataDirectory { get; } = Directory.CreateTempSubdirectory("fleet-policies-").FullName;

    internal string PolicyKeyFile => Path.Combine(DataDirectory, "pki", "policy.key");

    public async ValueTask InitializeAsync()
    {
        _database ??= await TestDatabase.CreateAsync();
        _app = await ServerApp.StartAsync(
            new ServerOptions { Http = new IPEndPoint(IPAddress.Loopback, 0), Agents = new IPEndPoint(IPAddress.Loopback, 0), DataDirectory = DataDirectory, Database = _database },
            CancellationToken.None,
            builder => Adjust?.Invoke(builder.Services));
        _api = new HttpClient(new ApiContract()) { BaseAddress = new Uri(_app.Addresses.Http, "/api/v1/") };
        _api.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(DataDirectory, "admin.token"))).Trim());
    }

    public async Task RestartAsync()
    {
        _api!.Dispose();
        await _app!.DisposeAsync();
        await InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await TestDatabase.DropAsync(_database);
        Directory.Delete(DataDirectory, recursive: true);
    }

    internal async Task<HostId> AddHostAsync(string name)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        HostRow row = new()
        {
            Id = new HostId(Guid.CreateVersion7(now)),
            Name = name,
            MachineId = name,
            KeyThumbprint = name,
            Joined = now,
            LastSeen = now,
            JoinTokenId = "test",
            AdmittedBy = "admin",
        };
        await using FleetDb db = await DatabaseAsync();
        db.Hosts.Add(row);
        await db.SaveChangesAsync();
        Services.GetRequiredService<HostDirectory>().Add(row);
        Services.GetRequiredService<LiveFeed>().Publish(LiveTopics.Hosts);
        return row.Id;
    }

    internal Task<FleetDb> DatabaseAsync() => Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync();

    internal HostRecord Host(HostId id) => Services.GetRequiredService<HostDirectory>().TryGet(id, out HostRecord? host) ? host : throw new KeyNotFoundException();

    /// <summary>
    /// The assignment that the host's agent would get, its signature checked. An agent is told after the commit, when memory has what the database has;
    /// so who comes by itself waits for that here.
    /// </summary>
    internal async Task<Assignment> AssignmentAsync(HostId id)
    {
        await using FleetDb db = await DatabaseAsync();
        long committed = await db.Hosts.Where(host => host.Id == id).Select(host => host.Generation).SingleAsync();
        await WaitFor.TrueAsync(() => Host(id).Generation >= committed);

        IAssignments assignments = Services.GetRequiredService<IAssignments>();
        SignedAssignment signed = await assignments.GetAsync(id, knowsPolicyKeys: true, CancellationToken.None);
        Assert.True(Signatures.Verify(signed, assignments.PublicKey));
        return JsonSerializer.Deserialize<Assignment>(Convert.FromBase64String(signed.Payload), FleetJson.Options)!;
    }

    /// <summary>The host's agent puts its assignment in force and says so, or says why not.</summary>
    internal async Task ReportAsync(HostId id, string? rejected = null)
    {
        Assignment assignment = await AssignmentAsync(id);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        StateReport report = rejected is null
            ? new StateReport(assignment.Generation, [.. assignment.Policies.Select(policy => new AppliedPolicy(policy.Name, policy.Revision, now))], [], 0, null)
            : new StateReport(assignment.Generation - 1, Host(id).Applied, [], 0, rejected, RejectedGeneration: assignment.Generation);
        string json = JsonSerializer.Serialize(report, FleetJson.Options);
        await using FleetDb db = await DatabaseAsync();
        await db.Hosts.Where(host => host.Id == id).ExecuteUpdateAsync(host => host.SetProperty(h => h.State, json).SetProperty(h => h.StateAt, now));
        Services.GetRequiredService<HostDirectory>().Update(id, host => host with { State = report, StateAt = now });
        Services.GetRequiredService<LiveFeed>().Publish(LiveTopics.Hosts);
    }

    internal Task<HttpResponseMessage> PutAsync(string name, string yaml, string? ifMatch = null, string query = "", string? ifNoneMatch = null)
    {
        HttpRequestMessage request = new(HttpMethod.Put, $"policies/{name}{query}") { Content = new StringContent(yaml, Encoding.UTF8, "text/yaml") };
        if (ifMatch is not null)
        {
            request.Headers.Add("If-Match", ifMatch);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.Add("If-None-Match", ifNoneMatch);
        }

        return Api.SendAsync(request);
    }

    internal async Task PutPolicyAsync(string name, string hosts = "")
    {
        HttpResponseMessage existing = await Api.GetAsync($"policies/{name}");
        string? tag = existing.IsSuccessStatusCode ? existing.Headers.ETag!.Tag : null;
        (await PutAsync(name, Yaml(name, hosts, $"put after {tag}"), tag)).EnsureSuccessStatusCode();
    }

    internal Task<RolloutView> StartRolloutAsync(string policy, params WaveSpec[] waves) =>
        SendAsync<RolloutView>(HttpMethod.Post, "rollouts", new CreateRollout { Policy = policy, Waves = waves });

    internal Task<RolloutView> RolloutAsync(string id) => SendAsync<RolloutView>(HttpMethod.Get, $"rollouts/{id}");

    internal async Task<T> SendAsync<T>(HttpMethod method, string path, object? body = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: FleetJson.Options) };
        HttpResponseMessage response = await Api.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<T>(text, FleetJson.Options)!;
    }

    internal Task WaitAsync(string rollout, Func<RolloutView, bool> condition) =>
        WaitFor.TrueAsync(async () => condition(await RolloutAsync(rollout)));

    internal static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }

    internal static string Yaml(string name, string hosts = "", string description = "") => $$"""
        apiVersion: fleet/v1
        kind: ClaimPolicy
        metadata: { name: {{name}}, description: '{{description}}' }
        spec:
          mode: enforce
          hosts: '{{hosts}}'
          claims:
            - region: { doe: registers }
        """;
}
