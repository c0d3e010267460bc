using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Broker;

/// <summary>What decides about accesses to a function at one moment.</summary>
internal sealed record FunctionState(FunctionFacts Facts, ClaimTable Table, int Generation);
