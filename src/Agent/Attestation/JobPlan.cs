using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Spdm;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Attestation;

/// <summary>A job of the wire as a plan, and a plan as a job. What is in a job is bounded here; what this build does not know is refused by name.</summary>
internal static class JobPlan
{
    private const int MostSteps = 32;
    private const int LargestRequest = 128; // NEGOTIATE_ALGORITHMS has the longest (DSP0274 1.1 and later).
    private const int MostExchanges = LinkProtocol.MaxEvidenceMessages / 2;
    private const int LargestPortion = 1 << 20;
    private const int IdDigits = 32;

    private static readonly ImmutableArray<(AttestationAction Wire, PlanAction Plan)> Actions =
    [
        (AttestationAction.Digests, PlanAction.Digests),
        (AttestationAction.Certificates, PlanAction.Certificates),
        (AttestationAction.Challenge, PlanAction.Challenge),
        (AttestationAction.Measurements, PlanAction.Measurements),
        (AttestationAction.EachMeasurement, PlanAction.EachMeasurement),
        (AttestationAction.MeasurementLog, PlanAction.MeasurementLog),
    ];

    /// <summary>Whether a job's identity is one, which also makes it a safe file name.</summary>
    public static bool IsId([NotNullWhen(true)] string? id) => id is { Length: IdDigits } && id.All(char.IsAsciiHexDigitLower);

    /// <summary>Reads a job's plan; false, with one sentence, where it is none that this agent can carry out to the letter.</summary>
    public static bool TryRead(AttestationJob job, [NotNullWhen(true)] out AttestationPlan? plan, out string problem)
    {
        plan = null;
        problem = Problem(job) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }

        plan = new()
        {
            Negotiations = [.. job.Negotiations.Select(n => new PlanNegotiation((SpdmVersion)n.Version, Convert.FromBase64String(n.Capabilities), Convert.FromBase64String(n.Algorithms)))],
            Steps = [.. job.Steps.Select(Read)],
            PortionSize = (uint)job.PortionSize,
            LargeChains = job.LargeChains,
            Budget = new()
            {
                Delays = job.Budget.Delays,
                Waiting = TimeSpan.FromMilliseconds(job.Budget.WaitingMilliseconds),
                BusyDelay = TimeSpan.FromMilliseconds(job.Budget.BusyDelayMilliseconds),
                Exchanges = job.Budget.Exchanges,
                Bytes = job.Budget.Bytes,
            },
        };
        return true;
    }

    /// <summary>Writes a plan as a job.</summary>
    /// <exception cref="InvalidOperationException">A step is one of sessions, which jobs do not have.</exception>
    public static AttestationJob Write(AttestationPlan plan, string id, Pci.PciAddress function, int? mailbox, DateTimeOffset notAfter, TimeSpan lifetime) => new()
    {
        Id = id,
        Function = function,
        Mailbox = mailbox,
        Negotiations = [.. plan.Negotiations.Select(n => new AttestationNegotiation((int)n.Version, Text(n.Capabilities), Text(n.Algorithms)))],
        Steps = [.. plan.Steps.Select(Write)],
        PortionSize = (int)Math.Min(plan.PortionSize, LargestPortion),
        LargeChains = plan.LargeChains,
        Budget = new(
            plan.Budget.Delays, (int)plan.Budget.Waiting.TotalMilliseconds, (int)plan.Budget.BusyDelay.TotalMilliseconds,
            Math.Min(plan.Budget.Exchanges, MostExchanges), Math.Min(plan.Budget.Bytes, LinkProtocol.MaxEvidenceBytes)),
        NotAfter = notAfter,
        LifetimeMilliseconds = (int)lifetime.TotalMilliseconds,
    };

    private static string? Problem(AttestationJob job)
    {
        if (job.Negotiations is not { Count: > 0 and <= 8 } negotiations || job.Steps is not { Count: <= MostSteps } steps || job.Budget is not { } budget)
        {
            return $"The job has no budget, no version, or more than {MostSteps} steps.";
        }

        if (negotiations.FirstOrDefault(n => n is null || !Enum.IsDefined((SpdmVersion)Math.Clamp(n.Version, 0, 255))) is { } unknown)
        {
            return string.Create(CultureInfo.InvariantCulture, $"The job has a version (0x{unknown.Version:x2}) that this agent does not speak.");
        }

        if (negotiations.Any(n => n is null || !IsBytes(n.Capabilities, 1, LargestRequest) || !IsBytes(n.Algorithms, 1, LargestRequest))
            || negotiations.DistinctBy(n => n.Version).Count() != negotiations.Count)
        {
            return "The job's negotiation is not base64, is too long, or has a version twice.";
        }

        if (steps.FirstOrDefault(step => step is null || Actions.All(action => action.Wire != step.Action)) is { } strange)
        {
            return $"The job has a step ({strange.Action}) that this agent does not know. Update the agent.";
        }

        bool fits = steps.All(step => step is not null && step.Slot is (>= 0 and <= 7) or 15 && step is { Summary: >= 0 and <= 255, Attributes: >= 0 and <= 7, Operation: >= 0 and <= 255 }
            && (step.Nonce is null || IsBytes(step.Nonce, 32, 32)) && (step.Context is null || IsBytes(step.Context, 8, 8))
            && (step.Action != AttestationAction.Challenge || step.Nonce is not null)
            && (!(step.Action == AttestationAction.EachMeasurement || (step.Action == AttestationAction.Measurements && (step.Attributes & 1) != 0)) || step.Nonce is not null));
        bool bounded = budget is { Delays: >= 0 and <= 1000, WaitingMilliseconds: >= 0 and <= 600_000, BusyDelayMilliseconds: >= 0 and <= 60_000 }
            && budget is { Exchanges: > 0 and <= MostExchanges, Bytes: > 0 and <= LinkProtocol.MaxEvidenceBytes } && job.PortionSize is > 0 and <= LargestPortion;
        return !fits ? "A step of the job has a number out of its range, or a nonce or context that is none."
            : bounded ? null : "The job's budget or portion size is out of bounds.";
    }

    private static PlanStep Read(AttestationStep step) => new(Actions.First(action => action.Wire == step.Action).Plan)
    {
        Slot = (byte)step.Slot,
        Summary = (byte)step.Summary,
        Attributes = (byte)step.Attributes,
        Operation = (byte)step.Operation,
        Nonce = step.Nonce is null ? default : Convert.FromBase64String(step.Nonce),
        Context = step.Context is null ? new byte[8] : Convert.FromBase64String(step.Context),
    };

    private static AttestationStep Write(PlanStep step) => new()
    {
        Action = Actions.First(action => action.Plan == step.Action).Wire,
        Slot = step.Slot,
        Summary = step.Summary,
        Attributes = step.Attributes,
        Operation = step.Operation,
        Nonce = step.Nonce.IsEmpty ? null : Text(step.Nonce),
        Context = step.Context.Span.ContainsAnyExcept((byte)0) ? Text(step.Context) : null,
    };

    private static string Text(ReadOnlyMemory<byte> bytes) => Convert.ToBase64String(bytes.Span);

    private static bool IsBytes(string? text, int least, int most) =>
        text is not null && text.Length <= ((most + 2) / 3 * 4) && Base64.IsValid(text, out int length) && length >= least && length <= most;
}
