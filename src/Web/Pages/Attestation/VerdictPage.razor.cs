using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Microsoft.AspNetCore.Components;

namespace Fleet.Web.Pages.Attestation;

public sealed partial class VerdictPage
{
    /// <summary>The attestation.</summary>
    [Parameter] public required string Id { get; set; }

    protected override string Key => Id;

    protected override bool Continues => false;

    protected override TimeSpan Pace => TimeSpan.FromMilliseconds(300);

    protected override bool Watches(string topic) => topic is "attestations";

    protected override async Task<VerdictModel> ReadAsync(CancellationToken ct)
    {
        AttestationDetail detail = await Api.GetAttestationAsync(Id, ct);
        AttestationView? standing = await Api.GetStandingAsync(detail.Function, ct);
        return new VerdictModel(detail, standing, detail.EvidenceHash is null ? null : await EvidenceAsync(ct));
    }

    private async Task<EvidenceReport?> EvidenceAsync(CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize<EvidenceReport>(await Api.GetEvidenceAsync(Id, ct), FleetJson.Options);
        }
        catch (Exception e) when (e is JsonException or FleetApiException)
        {
            // What an agent sent need not be readable, and may be gone by now; the page says that it cannot show it.
            return null;
        }
    }
}
