using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>
/// The typed client. The HttpClient's base address is the server's root ("http://127.0.0.1:8080/");
/// its handlers carry the credentials.
/// </summary>
public sealed partial class FleetApi(HttpClient http) : IFleetApi
{
    private const string Root = "api/v1/";
    private static readonly MediaTypeHeaderValue Yaml = new("application/yaml", "utf-8");
    private readonly Exchange _exchange = new(http);

    public Task<VersionView> GetVersionAsync(CancellationToken ct = default) => GetAsync<VersionView>("version", ct);

    public Task<Page<ServerView>> ListServersAsync(CancellationToken ct = default) => GetAsync<Page<ServerView>>("servers", ct);

    public Task<OverviewView> GetOverviewAsync(CancellationToken ct = default) => GetAsync<OverviewView>("overview", ct);

    public Task<Page<HostView>> ListHostsAsync(ListQuery query, CancellationToken ct = default) => ListAsync<HostView>("hosts", query, ct);

    public Task<Tagged<HostView>> GetHostAsync(HostId id, CancellationToken ct = default) => GetTaggedAsync<HostView>($"hosts/{id}", ct);

    public async Task<HostView> PatchHostAsync(HostId id, PatchHost change, string eTag, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Patch, $"hosts/{id}", change);
        return (await _exchange.SendAsync<HostView>(IfMatch(request, eTag), ct)).Value;
    }

    public Task<Page<FunctionView>> ListFunctionsAsync(ListQuery query, CancellationToken ct = default) =>
        ListAsync<FunctionView>("functions", query, ct);

    public Task<FunctionDetail> GetFunctionAsync(FunctionId id, CancellationToken ct = default) =>
        GetAsync<FunctionDetail>($"functions/{id}", ct);

    public Task<Page<MailboxView>> ListMailboxesAsync(ListQuery query, CancellationToken ct = default) =>
        ListAsync<MailboxView>("mailboxes", query, ct);

    public Task<Page<ClaimView>> ListClaimsAsync(ListQuery query, CancellationToken ct = default) => ListAsync<ClaimView>("claims", query, ct);

    public Task<Page<FleetEvent>> ListEventsAsync(ListQuery query, CancellationToken ct = default) => ListAsync<FleetEvent>("events", query, ct);

    public Task<ContentionSeries> GetContentionAsync(ContentionQuery query, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        QueryText path = new QueryText("contention")
            .Add("by", string.Join(',', query.By)).Add("from", query.From).Add("to", query.To).Add("step", query.StepSeconds).Add("q", query.Q);
        return GetAsync<ContentionSeries>(path.ToString(), ct);
    }

    public Task<Page<PolicyView>> ListPoliciesAsync(ListQuery query, CancellationToken ct = default) =>
        ListAsync<PolicyView>("policies", query, ct);

    public Task<Tagged<PolicyView>> GetPolicyAsync(string name, CancellationToken ct = default) =>
        GetTaggedAsync<PolicyView>($"policies/{Uri.EscapeDataString(name)}", ct);

    public Task<PolicyView> GetPolicyRevisionAsync(string name, int revision, CancellationToken ct = default) =>
        GetAsync<PolicyView>($"policies/{Uri.EscapeDataString(name)}/revisions/{revision}", ct);

    public async Task<Tagged<PolicyView>> PutPolicyAsync(string name, string document, string? eTag, CancellationToken ct = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, Root + $"policies/{Uri.EscapeDataString(name)}") { Content = Document(document) };
        if (eTag is null)
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        }
        else
        {
            IfMatch(request, eTag);
        }

        return await _exchange.SendAsync<PolicyView>(request, ct);
    }

    public async Task<ValidationView> ValidatePolicyAsync(string document, CancellationToken ct = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Root + "policies:validate") { Content = Document(document) };
        return (await _exchange.SendAsync<ValidationView>(request, ct)).Value;
    }

    public Task DeletePolicyAsync(string name, string eTag, bool unassign = false, CancellationToken ct = default) =>
        DeleteAsync($"policies/{Uri.EscapeDataString(name)}{(unassign ? "?unassign=true" : "")}", eTag, ct);

    public Task<Page<RolloutView>> ListRolloutsAsync(ListQuery query, CancellationToken ct = default) =>
        ListAsync<RolloutView>("rollouts", query, ct);

    public Task<Tagged<RolloutView>> GetRolloutAsync(string id, CancellationToken ct = default) =>
        GetTaggedAsync<RolloutView>($"rollouts/{Uri.EscapeDataString(id)}", ct);

    public async Task<RolloutView> CreateRolloutAsync(CreateRollout rollout, string idempotencyKey, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, "rollouts", rollout);
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return (await _exchange.SendAsync<RolloutView>(request, ct)).Value;
    }

    public Task<RolloutView> PauseRolloutAsync(string id, CancellationToken ct = default) => ActAsync(id, "pause", ct);

    public Task<RolloutView> ResumeRolloutAsync(string id, CancellationToken ct = default) => ActAsync(id, "resume", ct);

    public Task<RolloutView> AbortRolloutAsync(string id, CancellationToken ct = default) => ActAsync(id, "abort", ct);

    private static HttpRequestMessage Json<T>(HttpMethod method, string path, T body) =>
        new(method, Root + path) { Content = JsonContent.Create(body, options: FleetJson.Options) };

    private static ByteArrayContent Document(string yaml) =>
        new(Encoding.UTF8.GetBytes(yaml)) { Headers = { ContentType = Yaml } };

    private static HttpRequestMessage IfMatch(HttpRequestMessage request, string eTag)
    {
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(eTag));
        return request;
    }

    private Task<Page<T>> ListAsync<T>(string path, ListQuery query, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(query);
        return GetAsync<Page<T>>(
            new QueryText(path).Add("q", query.Q).Add("sort", query.Sort).Add("since", query.Since).Add("until", query.Until)
                .Add("cursor", query.Cursor).Add("limit", query.Limit).ToString(),
            ct);
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken ct) => (await GetTaggedAsync<T>(path, ct)).Value;

    private async Task<Tagged<T>> GetTaggedAsync<T>(string path, CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Root + path);
        return await _exchange.SendAsync<T>(request, ct);
    }

    private async Task DeleteAsync(string path, string? eTag, CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, Root + path);
        await _exchange.SendAsync(eTag is null ? request : IfMatch(request, eTag), ct);
    }

    private async Task<RolloutView> ActAsync(string id, string verb, CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Root + $"rollouts/{Uri.EscapeDataString(id)}:{verb}");
        return (await _exchange.SendAsync<RolloutView>(request, ct)).Value;
    }
}
