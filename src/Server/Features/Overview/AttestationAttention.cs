using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Server.Features.Overview;

/// <summary>What of attestation an operator should look at: each failure by itself, what is not known by its number.</summary>
internal static class AttestationAttention
{
    public static IEnumerable<AttentionItem> Of(IReadOnlyList<AttestationView> standings)
    {
        foreach (AttestationView failed in standings.Where(standing => standing.State is AttestationState.Failed))
        {
            string quarantine = failed.Quarantined is null ? "" : " and is in quarantine";
            yield return new AttentionItem(
                "bad",
                $"{failed.Address} on {failed.HostName}",
                $"failed attestation{(failed.Check is { } check ? $" by check '{check}'" : "")}{quarantine}",
                failed.Reason,
                failed.Since,
                "Open verdict",
                failed.Attestation is { } attestation ? $"/attestation/{attestation}" : $"/functions/{failed.Function}");
        }

        foreach ((AttestationState state, string what) in
            ((AttestationState, string)[])[(AttestationState.Stale, "evidence that is too old to count"), (AttestationState.Unknown, "no verdict")])
        {
            List<AttestationView> some = [.. standings.Where(standing => standing.State == state)];
            if (some.Count > 0)
            {
                AttestationView oldest = some.MinBy(standing => standing.Since)!;
                yield return new AttentionItem(
                    "unknown",
                    some.Count is 1 ? $"{oldest.Address} on {oldest.HostName}" : $"{some.Count.ToString("N0", CultureInfo.InvariantCulture)} functions",
                    some.Count is 1 ? $"has {what}" : $"have {what}",
                    some.Count is 1 ? oldest.Reason : $"{oldest.Address} on {oldest.HostName} longest: {oldest.Reason}",
                    oldest.Since,
                    "Open attestation",
                    $"/attestation?q={Uri.EscapeDataString($"state:{state.ToString().ToLowerInvariant()}")}");
            }
        }
    }
}
