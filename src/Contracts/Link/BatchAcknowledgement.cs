namespace Fleet.Contracts;

/// <summary>What the server has committed.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Sequence">Every event up to this sequence survives a power cut of the server.</param>
public sealed record BatchAcknowledgement(long Epoch, long Sequence);
