using System.Collections.Immutable;
using Fleet.Contracts;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Data.Events;
using Fleet.Server.Domain.Attestation;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Server.Reconcile.Attestation;

/// <summary>A run of the verifier: what went in, and what it came to.</summary>
internal sealed record Verification(
    FunctionId Function,
    string HostName,
    AttestationPlan Plan,
    IReadOnlyList<RawMessage> Messages,
    EvidenceReport Report,
    string? Refusal,
    ImmutableArray<ReferenceRule> Rules,
    Judgement Judgement)
{
    public AttestationDetail Detail(AttestationRow row, EvidenceRow evidence, DateTimeOffset appraised)
    {
        AppraisalResult result = Judgement.Result;
        CheckResult? decisive = ConversationText.Decisive(result);
        IReadOnlyList<MeasurementView> measurements =
            [.. result.Blocks.Select(block => ConversationText.Of(block, Rules, rule => result.Negotiated is { } negotiated && rule.Holds(block, negotiated)))];
        return new AttestationDetail
        {
            Id = row.Id,
            Function = Function,
            HostName = HostName,
            Phase = row.Phase,
            Verdict = ConversationText.Of(result.Verdict),
            Reason = Refusal is null ? decisive?.Seen ?? "Every check that applies holds." : $"The evidence cannot be read: {Refusal}",
            Trigger = row.Trigger,
            Created = row.Created,
            Expires = row.Expires,
            EvidenceAt = evidence.Received,
            AppraisedAt = appraised,
            Profile = Judgement.Values?.Name,
            Checks = [.. result.Checks.Select(ConversationText.Of)],
            Measurements = measurements,
            FirstDifference = measurements.FirstOrDefault(measurement => measurement.Holds is false),
            Version = result.Negotiated is { } spoken ? ConversationText.Of(spoken.Version) : null,
            Algorithms = result.Negotiated is { IsSound: true } sound ? ConversationText.Of(sound) : null,
            Identity = result.DeviceKey.IsEmpty ? null : Convert.ToHexStringLower(result.DeviceKey.Span),
            DeviceName = result.DeviceName,
            EvidenceHash = evidence.Hash,
            EvidenceBytes = evidence.Report.Length,
            EvidenceKept = evidence.KeptUntil,
            AgentSaid = $"{WireNames.Of(Report.End)} by {Cut(Report.Provider)}, {Report.Messages.Count} messages{(Report.Detail is { } detail ? $": {Cut(detail)}" : "")}",
        };
    }

    private static string Cut(string text) => text.Length <= 512 ? text : text[..512];
}
