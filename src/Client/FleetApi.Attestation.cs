using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Client;

public sealed partial class FleetApi
{
    public Task<Page<AttestationView>> ListAttestationsAsync(ListQuery query, CancellationToken ct = default) => ListAsync<AttestationView>("attestations", query, ct);

    public async Task<AttestationView?> GetStandingAsync(FunctionId function, CancellationToken ct = default)
    {
        try
        {
            return await GetAsync<AttestationView>($"functions/{function}/attestation", ct);
        }
        catch (FleetApiException error) when (error.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task<AttestationDetail> GetAttestationAsync(string id, CancellationToken ct = default) => GetAsync<AttestationDetail>($"attestations/{Uri.EscapeDataString(id)}", ct);

    public Task<Page<AttestationDetail>> ListAttestationsAsync(FunctionId function, ListQuery query, CancellationToken ct = default) =>
        ListAsync<AttestationDetail>($"functions/{function}/attestations", query, ct);

    public async Task<byte[]> GetEvidenceAsync(string id, CancellationToken ct = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Root + $"attestations/{Uri.EscapeDataString(id)}/evidence");
        return await _exchange.SendForBytesAsync(request, ct);
    }

    public Task<AttestationStarted> AttestAsync(FunctionId function, CancellationToken ct = default) => PostAsync<AttestationStarted>($"functions/{function}:attest", null, ct);

    public Task<Page<ReferenceView>> ListReferencesAsync(ListQuery query, CancellationToken ct = default) => ListAsync<ReferenceView>("reference-values", query, ct);

    public Task<Tagged<ReferenceView>> GetReferencesAsync(string name, CancellationToken ct = default) =>
        GetTaggedAsync<ReferenceView>($"reference-values/{Uri.EscapeDataString(name)}", ct);

    public async Task<ReferencePlan> PutReferencesAsync(string name, string document, string? eTag, bool dryRun = false, CancellationToken ct = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Put, Root + Dry($"reference-values/{Uri.EscapeDataString(name)}", dryRun))
        {
            Content = new StringContent(document, Encoding.UTF8, "application/json"),
        };
        return (await _exchange.SendAsync<ReferencePlan>(Follow(request, eTag), ct)).Value;
    }

    public async Task<ReferencePlan> ImportReferencesAsync(string name, SignedReferences import, string? eTag, bool dryRun = false, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, Dry($"reference-values/{Uri.EscapeDataString(name)}:import", dryRun), import);
        return (await _exchange.SendAsync<ReferencePlan>(Follow(request, eTag), ct)).Value;
    }

    public async Task<ReferencePlan> DeleteReferencesAsync(string name, string eTag, bool dryRun = false, CancellationToken ct = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, Root + Dry($"reference-values/{Uri.EscapeDataString(name)}", dryRun));
        return (await _exchange.SendAsync<ReferencePlan>(IfMatch(request, eTag), ct)).Value;
    }

    public Task<Page<BaselineView>> ListBaselinesAsync(ListQuery query, CancellationToken ct = default) => ListAsync<BaselineView>("baselines", query, ct);

    public Task<BaselineView> RecordBaselineAsync(FunctionId function, string? eTag = null, CancellationToken ct = default) =>
        PostAsync<BaselineView>($"baselines/{function}:record", eTag, ct);

    public Task<BaselineView> PinBaselineAsync(FunctionId function, CancellationToken ct = default) => PostAsync<BaselineView>($"baselines/{function}:pin", null, ct);

    public Task<Page<QuarantineView>> ListQuarantineAsync(ListQuery query, CancellationToken ct = default) => ListAsync<QuarantineView>("quarantine", query, ct);

    public async Task ReleaseQuarantineAsync(ReleaseQuarantine release, CancellationToken ct = default)
    {
        using HttpRequestMessage request = Json(HttpMethod.Post, "quarantine:release", release);
        await _exchange.SendAsync(request, ct);
    }

    public Task<Page<AuditView>> ListAuditAsync(ListQuery query, CancellationToken ct = default) => ListAsync<AuditView>("audit", query, ct);

    public Task<AuditCheck> CheckAuditAsync(CancellationToken ct = default) => GetAsync<AuditCheck>("audit/check", ct);

    /// <summary>Makes a change follow the revision of that tag; with none, be the first.</summary>
    private static HttpRequestMessage Follow(HttpRequestMessage request, string? eTag)
    {
        if (eTag is not null)
        {
            return IfMatch(request, eTag);
        }

        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        return request;
    }

    private static string Dry(string path, bool dryRun) => dryRun ? $"{path}?dryRun=true" : path;

    private async Task<T> PostAsync<T>(string path, string? eTag, CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Root + path);
        return (await _exchange.SendAsync<T>(eTag is null ? request : IfMatch(request, eTag), ct)).Value;
    }
}
