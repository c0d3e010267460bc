using Fleet.Contracts;

namespace Fleet.Client;

/// <summary>API tokens and sign-in links.</summary>
public sealed partial class FleetApi
{
    public Task<Page<ApiTokenView>> ListApiTokensAsync(ListQuery query, bool? active = null, string? parent = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        QueryText path = new QueryText("tokens").Add("active", active switch { true => "true", false => "false", _ => null }).Add("parent", parent)
            .Add("sort", query.Sort).Add("cursor", query.Cursor).Add("limit", query.Limit);
        return GetAsync<Page<ApiTokenView>>(path.ToString(), ct);
    }

    public Task<ApiTokenView> GetApiTokenAsync(string id, CancellationToken ct = default) => GetAsync<ApiTokenView>($"tokens/{Uri.EscapeDataString(id)}", ct);

    public async Task<ApiTokenCreated> CreateApiTokenAsync(CreateApiToken token, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, "tokens", token);
        return (await _exchange.SendAsync<ApiTokenCreated>(request, ct)).Value;
    }

    public Task DeleteApiTokenAsync(string id, CancellationToken ct = default) => DeleteAsync($"tokens/{Uri.EscapeDataString(id)}", null, ct);

    public async Task<SignInCreated> CreateSignInAsync(CreateSignIn link, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, "sign-in-links", link);
        return (await _exchange.SendAsync<SignInCreated>(request, ct)).Value;
    }
}
