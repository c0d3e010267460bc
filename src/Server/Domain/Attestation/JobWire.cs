using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Spdm;
using Fleet.Spdm.Requesting;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Plans between the verifier and the wire. What is stored is what was sent: the verifier runs the plan that it reads back.</summary>
internal static class JobWire
{
    private static readonly (PlanAction Plan, AttestationAction Wire)[] Actions =
    [
        (PlanAction.Digests, AttestationAction.Digests),
        (PlanAction.Certificates, AttestationAction.Certificates),
        (PlanAction.Challenge, AttestationAction.Challenge),
        (PlanAction.Measurements, AttestationAction.Measurements),
        (PlanAction.EachMeasurement, AttestationAction.EachMeasurement),
        (PlanAction.MeasurementLog, AttestationAction.MeasurementLog),
    ];

    public static AttestationJob Write(string id, PciAddress function, int? mailbox, AttestationPlan plan, DateTimeOffset notAfter, TimeSpan lifetime) => new()
    {
        Id = id,
        Function = function,
        Mailbox = mailbox,
        Negotiations = [.. plan.Negotiations.Select(n => new AttestationNegotiation((int)n.Version, Text(n.Capabilities), Text(n.Algorithms)))],
        Steps = [.. plan.Steps.Select(Write)],
        PortionSize = (int)plan.PortionSize,
        LargeChains = plan.LargeChains,
        Budget = new AttestationBudget(
            plan.Budget.Delays, (int)plan.Budget.Waiting.TotalMilliseconds, (int)plan.Budget.BusyDelay.TotalMilliseconds, plan.Budget.Exchanges, plan.Budget.Bytes),
        NotAfter = notAfter,
        LifetimeMilliseconds = (int)lifetime.TotalMilliseconds,
    };

    public static AttestationPlan Read(AttestationJob job) => new()
    {
        Negotiations = [.. job.Negotiations.Select(n => new PlanNegotiation((SpdmVersion)n.Version, Bytes(n.Capabilities), Bytes(n.Algorithms)))],
        Steps = [.. job.Steps.Select(Read)],
        PortionSize = (uint)job.PortionSize,
        LargeChains = job.LargeChains,
        Budget = new PlanBudget
        {
            Delays = job.Budget.Delays,
            Waiting = TimeSpan.FromMilliseconds(job.Budget.WaitingMilliseconds),
            BusyDelay = TimeSpan.FromMilliseconds(job.Budget.BusyDelayMilliseconds),
            Exchanges = job.Budget.Exchanges,
            Bytes = job.Budget.Bytes,
        },
    };

    private static AttestationStep Write(PlanStep step) => new()
    {
        Action = Actions.First(pair => pair.Plan == step.Action).Wire,
        Slot = step.Slot,
        Summary = step.Summary,
        Attributes = step.Attributes,
        Operation = step.Operation,
        Nonce = step.Nonce.IsEmpty ? null : Text(step.Nonce),
        Context = step.Nonce.IsEmpty ? null : Text(step.Context),
    };

    private static PlanStep Read(AttestationStep step)
    {
        PlanStep read = new(Actions.First(pair => pair.Wire == step.Action).Plan)
        {
            Slot = checked((byte)step.Slot),
            Summary = checked((byte)step.Summary),
            Attributes = checked((byte)step.Attributes),
            Operation = checked((byte)step.Operation),
            Nonce = step.Nonce is null ? default : Bytes(step.Nonce),
        };
        return step.Context is null ? read : read with { Context = Bytes(step.Context) };
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Convert.ToBase64String(bytes.Span);

    private static ReadOnlyMemory<byte> Bytes(string text) => Convert.FromBase64String(text);

    /// <summary>An id as jobs have it.</summary>
    public static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture);
}
