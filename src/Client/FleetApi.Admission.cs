using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>Who may come in: hosts' access and join tokens.</summary>
public sealed partial class FleetApi
{
    public Task<HostView> EvictHostAsync(HostId id, string reason, string eTag, CancellationToken ct = default) => ChangeAccessAsync(id, "evict", reason, eTag, ct);

    public Task<HostView> BanHostAsync(HostId id, string reason, string eTag, CancellationToken ct = default) => ChangeAccessAsync(id, "ban", reason, eTag, ct);

    public Task<HostView> ReadmitHostAsync(HostId id, string reason, string eTag, CancellationToken ct = default) => ChangeAccessAsync(id, "readmit", reason, eTag, ct);

    public Task DeleteHostAsync(HostId id, string eTag, CancellationToken ct = default) => DeleteAsync($"hosts/{id}", eTag, ct);

    public Task<Page<JoinTokenView>> ListJoinTokensAsync(ListQuery query, bool? active = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        QueryText path = new QueryText("join-tokens").Add("active", active switch { true => "true", false => "false", _ => null }).Add("sort", query.Sort).Add("cursor", query.Cursor).Add("limit", query.Limit);
        return GetAsync<Page<JoinTokenView>>(path.ToString(), ct);
    }

    public Task<JoinTokenDetail> GetJoinTokenAsync(string id, CancellationToken ct = default) =>
        GetAsync<JoinTokenDetail>($"join-tokens/{Uri.EscapeDataString(id)}", ct);

    public async Task<JoinTokenCreated> CreateJoinTokenAsync(CreateJoinToken token, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, "join-tokens", token);
        return (await _exchange.SendAsync<JoinTokenCreated>(request, ct)).Value;
    }

    public Task DeleteJoinTokenAsync(string id, CancellationToken ct = default) =>
        DeleteAsync($"join-tokens/{Uri.EscapeDataString(id)}", null, ct);

    private async Task<HostView> ChangeAccessAsync(HostId id, string verb, string reason, string eTag, CancellationToken ct)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, $"hosts/{id}:{verb}", new ChangeAccess(reason));
        return (await _exchange.SendAsync<HostView>(IfMatch(request, eTag), ct)).Value;
    }
}
