namespace Fleet.Contracts;

/// <summary>Why a host may not come in.</summary>
/// <param name="State">"evicted" (until it joins again with a token) or "banned" (not with a token either, until somebody readmits it).</param>
/// <param name="Reason">The reason that was given.</param>
/// <param name="By">Who said so.</param>
/// <param name="At">When.</param>
public sealed record HostAccessView(string State, string Reason, string By, DateTimeOffset At);
