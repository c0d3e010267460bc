using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Local;

/// <summary>Asks for a claim; held by the asking process unless it names another.</summary>
internal sealed record LocalClaimRequest(
    PciAddress Function, int Offset, int Length, string? Reason, double? Seconds, int? Pid, ClaimAction OnRead = ClaimAction.Allow);

/// <summary>Asks for discovery or an exchange at a mailbox.</summary>
internal sealed record LocalExchange(PciAddress Function, int Offset, string? Feature, string? Payload);

/// <summary>What discovery found.</summary>
internal sealed record LocalDiscovery(IReadOnlyList<string> Features, string? Failure, string? Detail);

/// <summary>How an exchange ended.</summary>
internal sealed record LocalResponse(bool Succeeded, string? Failure, string Payload, double Milliseconds, string? Detail);

/// <summary>The agent as it is now.</summary>
internal sealed record LocalState(
    HostFacts Facts, HostId? Host, bool Connected, long Epoch, long EventsSpooled, long Generation, IReadOnlyList<AppliedPolicy> Policies,
    string? Rejected, IReadOnlyDictionary<string, string> Endpoints);

/// <summary>A refusal, as problem+json.</summary>
internal sealed record LocalProblem(string Code, string Detail);
