namespace Fleet.Contracts;

/// <summary>What checking a policy document found.</summary>
/// <param name="Valid">True when it can be put.</param>
/// <param name="Errors">Every error, in document order.</param>
/// <param name="MatchingHosts">How many hosts its selector matches now; null when it is not valid.</param>
public sealed record ValidationView(bool Valid, IReadOnlyList<Diagnostic> Errors, int? MatchingHosts);
