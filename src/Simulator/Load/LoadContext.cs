using Fleet.Simulator.Load.Link;

namespace Fleet.Simulator.Load;

/// <summary>What all hosts of a load run share.</summary>
internal sealed record LoadContext
{
    public required LoadOptions Options { get; init; }

    public required IReadOnlyDictionary<Uri, LinkAddress> Addresses { get; init; }

    public required IdentityFile Identities { get; init; }

    /// <summary>Null when there is no token: then only hosts that have joined can come.</summary>
    public required LoadEnrolment? Enrolment { get; init; }

    public required LoadAttestation Attestation { get; init; }

    public LoadPolicyKeys PolicyKeys { get; } = new();

    public required LoadCounters Counters { get; init; }

    public required LoadLedger? Ledger { get; init; }

    public required Outage Network { get; init; }

    public required TimeProvider Time { get; init; }
}
