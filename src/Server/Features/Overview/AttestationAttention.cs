using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Features.Overview;

/// <summary>What of attestation an operator should look at: each failure by itself, what is not known by its number.</summary>
internal static class AttestationAttention
{
    public static IEnumerable<AttentionItem> Of(IReadOnlyList<AttestationView> standings)
    {
        IEnumerable<AttentionItem> failed = Attention.EachOr(
            [.. standings.Where(standing => standing.State is AttestationState.Failed)],
            one => new AttentionItem(
                "bad",
                $"{one.Address} on {one.HostName}",
                $"failed attestation{(one.Check is { } check ? $" by check '{check}'" : "")}{(one.Quarantined is null ? "" : " and is in quarantine")}",
                one.Reason,
                one.Since,
                "Open verdict",
                one.Attestation is { } attestation ? $"/attestation/{attestation}" : $"/functions/{one.Function}"),
            all =>
            {
                AttestationView newest = all.MaxBy(one => one.Since)!;
                int quarantined = all.Count(one => one.Quarantined is not null);
                return new AttentionItem(
                    "bad",
                    $"{Attention.Number(all.Count)} functions",
                    $"failed attestation{(quarantined is 0 ? "" : $"; {Attention.Number(quarantined)} of them are in quarantine")}",
                    $"{newest.Address} on {newest.HostName} last: {newest.Reason}",
                    newest.Since,
                    "Open attestation",
                    Attention.Query("attestation", "state:failed"));
            });
        return [.. failed, .. NotKnown(standings)];
    }

    private static IEnumerable<AttentionItem> NotKnown(IReadOnlyList<AttestationView> standings)
    {
        foreach ((AttestationState state, string what) in
            ((AttestationState, string)[])[(AttestationState.Stale, "evidence that is too old to count"), (AttestationState.Unknown, "no verdict")])
        {
            List<AttestationView> some = [.. standings.Where(standing => standing.State == state)];
            if (some.Count > 0)
            {
                AttestationView oldest = some.MinBy(standing => standing.Since)!;
                yield return new AttentionItem(
                    "unknown",
                    some.Count is 1 ? $"{oldest.Address} on {oldest.HostName}" : $"{Attention.Number(some.Count)} functions",
                    some.Count is 1 ? $"has {what}" : $"have {what}",
                    some.Count is 1 ? oldest.Reason : $"{oldest.Address} on {oldest.HostName} longest: {oldest.Reason}",
                    oldest.Since,
                    "Open attestation",
                    Attention.Query("attestation", $"state:{WireNames.Of(state)}"));
            }
        }
    }
}
