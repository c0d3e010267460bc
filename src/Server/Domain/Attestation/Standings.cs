using System.Buffers.Binary;
using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Messages;

namespace Fleet.Server.Domain.Attestation;

/// <summary>How a standing changes, and how it is shown. Failed puts into quarantine and only a release ends that; age is part of what is shown.</summary>
internal static class Standings
{
    private const byte SecureVersionType = 0x87;

    /// <summary>The standing after evidence was appraised.</summary>
    /// <param name="again">Whether it is the evidence that the standing rests on already, held against other values: what it says now replaces what it said.</param>
    public static DeviceStanding Judge(DeviceStanding before, Judgement judgement, bool again = false)
    {
        AppraisalResult result = judgement.Result;
        CheckResult? decisive = ConversationText.Decisive(result);
        if (judgement.SaysNothing && !again)
        {
            string why = judgement.Values is null && judgement.Nonces is NonceState.Fresh
                ? "No reference values are for this function, so there is no anchor to verify its certificate by."
                : decisive?.Seen ?? "";
            string attempt = $"The attestation of {judgement.At:yyyy-MM-dd HH:mm:ss} UTC proved nothing: {why}";
            return before.EvidenceAt is null
                ? before with { Reason = judgement.Values is null ? why : attempt, Check = Name(decisive), Attestation = judgement.Attestation, Profile = judgement.Values?.Name, ProfileRevision = judgement.Values?.Revision, Failures = before.Failures + 1 }
                : before with { Attempt = attempt, Failures = before.Failures + 1 };
        }

        AttestationState verdict = ConversationText.Of(result.Verdict);
        string reason = decisive?.Seen ?? "Every check that applies holds.";
        DeviceStanding after = before with
        {
            Verdict = verdict,
            Reason = reason,
            Check = Name(decisive),
            Since = verdict == before.Verdict && before.EvidenceAt is not null ? before.Since : judgement.At,
            EvidenceAt = judgement.At,
            Attestation = judgement.Attestation,
            Profile = judgement.Values?.Name,
            ProfileRevision = judgement.Values?.Revision,
            Outdated = again ? before.Outdated : null,
            Attempt = again ? before.Attempt : null,
            Failures = again ? before.Failures : 0,
        };
        return verdict is AttestationState.Failed ? Quarantine(after, judgement, reason) : result.DeviceKey.IsEmpty ? after : Learn(after, result);
    }

    /// <summary>How it is shown: quarantine before all, then what makes evidence not count any more.</summary>
    /// <param name="maxAge">How old trusted evidence may be.</param>
    public static (AttestationState State, string Reason, DateTimeOffset Since) Show(DeviceStanding standing, DateTimeOffset now, TimeSpan maxAge)
    {
        string attempt = standing.Attempt is null ? "" : $" {standing.Attempt}";
        if (standing.Quarantined is { } since)
        {
            string latest = standing.Verdict is AttestationState.Failed ? "" : " Later evidence does not end a quarantine; release it.";
            return (AttestationState.Failed, $"{standing.QuarantineReason}{latest}", since);
        }

        return standing switch
        {
            { Verdict: AttestationState.Failed } => (AttestationState.Failed, standing.Reason, standing.Since),
            { Outdated: { } outdated } => (AttestationState.Unknown, outdated + attempt, standing.Since),
            { Verdict: AttestationState.Trusted, EvidenceAt: { } at } when now - at > maxAge =>
                (AttestationState.Stale, $"Its evidence is older than {Span(maxAge)}.{attempt}", at + maxAge),
            { Verdict: AttestationState.Trusted, EvidenceAt: not null } => (AttestationState.Trusted, standing.Reason + attempt, standing.Since),
            _ => (AttestationState.Unknown, standing.Reason + attempt, standing.Since),
        };
    }

    /// <summary>Whether it has no evidence that speaks of the present, or one older than two intervals; a failure is evidence too.</summary>
    public static bool IsLate(DeviceStanding standing, DateTimeOffset now, TimeSpan every) =>
        standing.Outdated is not null || standing.EvidenceAt is not { } at || now - at > 2 * every;

    /// <summary>What the verifier knew of the device before a run.</summary>
    public static DeviceHistory History(DeviceStanding standing, FunctionFacts? function, Func<string, string?> knownElsewhere) => new()
    {
        CmaName = function is null ? null : FunctionNaming.Cma(function),
        SerialNumber = function is null ? null : FunctionNaming.SerialNumber(function),
        Pin = standing.Pin is null ? default : Convert.FromHexString(standing.Pin),
        KnownElsewhere = knownElsewhere,
        Version = (SpdmVersion?)standing.Version,
        SecureVersions = standing.SecureVersions.ToImmutableDictionary(pair => (byte)pair.Key, pair => pair.Value),
        Slots = (byte)standing.Slots,
        SignedBefore = standing.SignedBefore,
    };

    /// <summary>Lets it out of quarantine; with a changed device nothing of the old one is held against it.</summary>
    public static DeviceStanding Release(DeviceStanding standing, bool forget, DateTimeOffset now)
    {
        DeviceStanding free = standing with
        {
            Quarantined = null,
            QuarantineReason = null,
            QuarantineAttestation = null,
            Outdated = "It was released from quarantine and has not been attested since.",
            Verdict = AttestationState.Unknown,
            Check = null,
            Since = now,
            Due = now,
            Trigger = Triggers.Release,
        };
        return forget
            ? free with { Pin = null, Version = null, SecureVersions = ImmutableSortedDictionary<int, ulong>.Empty, Slots = 0, SignedBefore = false }
            : free;
    }

    private static DeviceStanding Quarantine(DeviceStanding standing, Judgement judgement, string reason) => standing.Quarantined is not null
        ? standing
        : standing with { Quarantined = judgement.At, QuarantineReason = reason, QuarantineAttestation = judgement.Attestation };

    // What did not fail and was signed by a certified key raises the floors: the next run is held against it.
    private static DeviceStanding Learn(DeviceStanding standing, AppraisalResult result) => standing with
    {
        Pin = standing.Pin ?? Convert.ToHexStringLower(result.DeviceKey.Span),
        Version = Math.Max(standing.Version ?? 0, (int)(result.Negotiated?.Version ?? 0)),
        SecureVersions = Highest(standing.SecureVersions, result.Blocks),
        Slots = standing.Slots | (result.ProvisionedSlots ?? 0),
        SignedBefore = standing.SignedBefore || !result.Blocks.IsEmpty,
    };

    private static ImmutableSortedDictionary<int, ulong> Highest(ImmutableSortedDictionary<int, ulong> before, ImmutableArray<MeasurementBlock> blocks)
    {
        foreach (MeasurementBlock block in blocks.Where(block => block.Type is SecureVersionType && block.Value.Length is 8))
        {
            ulong number = BinaryPrimitives.ReadUInt64LittleEndian(block.Value.Span);
            before = before.SetItem(block.Index, Math.Max(before.GetValueOrDefault(block.Index), number));
        }

        return before;
    }

    private static string? Name(CheckResult? check) => check is null ? null : ConversationText.Name(check.Check);

    private static string Span(TimeSpan span) => span.TotalHours >= 1 ? $"{span.TotalHours:0.#} h" : span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0.#} min" : $"{span.TotalSeconds:0.#} s";
}
