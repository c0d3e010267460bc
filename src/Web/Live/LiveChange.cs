namespace Fleet.Web;

/// <summary>A change: what kind of list or item is no longer as it was read.</summary>
/// <param name="Topic">"events", "hosts", "functions", "claims", "policies" or "rollouts".</param>
public readonly record struct LiveChange(string Topic);
