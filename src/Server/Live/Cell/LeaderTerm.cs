namespace Fleet.Server.Live.Cell;

/// <summary>The time during which a server leads.</summary>
/// <param name="Generation">Rises with each term of any server.</param>
/// <param name="Since">When it began.</param>
/// <param name="Ended">Cancelled when the term ends.</param>
internal sealed record LeaderTerm(long Generation, DateTimeOffset Since, CancellationToken Ended);
