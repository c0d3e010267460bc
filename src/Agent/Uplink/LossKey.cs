namespace Fleet.Agent.Uplink;

/// <summary>What losses are added up by: the reason, and whether their number is known.</summary>
internal readonly record struct LossKey(string Reason, bool IsInterval);
