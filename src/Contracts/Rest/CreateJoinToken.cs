namespace Fleet.Contracts;

/// <summary>Asks for a token with which agents may join.</summary>
/// <param name="Uses">How many agents may join with it, 1 to 10,000.</param>
/// <param name="TtlSeconds">For how long, 60 s to 30 days.</param>
/// <param name="Note">What it is for, in the operator's words.</param>
/// <param name="Labels">Labels put on every host it admits; at most 64.</param>
public sealed record CreateJoinToken(int Uses = 1, int TtlSeconds = 3600, string? Note = null, IReadOnlyDictionary<string, string>? Labels = null);
