using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Appraisal;

/// <summary>Everything an appraisal depends on; the same request gives the same result, today and in years.</summary>
/// <param name="Messages">The raw messages in wire order, as they came; nothing else that came with them counts.</param>
/// <param name="Plan">What was asked for.</param>
/// <param name="Policy">What is required.</param>
/// <param name="History">What was known before.</param>
/// <param name="Nonces">What the store of nonces said.</param>
/// <param name="Now">The time by which certificates are judged.</param>
public sealed record AppraisalRequest(
    IReadOnlyList<RawMessage> Messages, AttestationPlan Plan, AppraisalPolicy Policy, DeviceHistory History, NonceState Nonces, DateTimeOffset Now);
