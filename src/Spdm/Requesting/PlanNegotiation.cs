namespace Fleet.Spdm.Requesting;

/// <summary>The exact bytes of GET_CAPABILITIES and NEGOTIATE_ALGORITHMS for a version.</summary>
public sealed record PlanNegotiation(SpdmVersion Version, ReadOnlyMemory<byte> Capabilities, ReadOnlyMemory<byte> Algorithms);
