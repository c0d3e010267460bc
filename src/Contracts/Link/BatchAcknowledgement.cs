namespace Fleet.Contracts;

/// <summary>What the server has committed.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Sequence">
/// Every event up to this sequence survives a power cut of the server. With a wait it may lie before the batch: the server is too busy to store it, and the
/// agent sends it again after the wait.
/// </param>
/// <param name="WaitMilliseconds">The server is busy (version <see cref="LinkProtocol.PacingSince"/>): the next batch is to come no earlier than this. Null for no wait.</param>
public sealed record BatchAcknowledgement(long Epoch, long Sequence, int? WaitMilliseconds = null);
