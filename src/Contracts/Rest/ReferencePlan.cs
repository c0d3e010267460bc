namespace Fleet.Contracts;

/// <summary>What a change of reference values does, or with dryRun would do: stored evidence is appraised again by them.</summary>
/// <param name="Action">"create", "update", "delete" or "none".</param>
/// <param name="Before">The values before; null where there were none.</param>
/// <param name="After">The values after; null where there are none.</param>
/// <param name="Appraised">How many functions' evidence was appraised again.</param>
/// <param name="Changes">Every function whose verdict changes, the worst first.</param>
public sealed record ReferencePlan(string Action, ReferenceView? Before, ReferenceView? After, int Appraised, IReadOnlyList<VerdictChange> Changes);
