namespace Fleet.Contracts;

/// <summary>One wave of a rollout.</summary>
/// <param name="Percent">Share of the matching hosts that have the revision when the wave is done, 1 to 100.</param>
/// <param name="BakeSeconds">How long the wave is watched after its last host reported, before the next starts; 0 to 604,800.</param>
/// <param name="PauseAfter">True to pause when the wave is done.</param>
public sealed record WaveSpec(int Percent, int BakeSeconds = 0, bool PauseAfter = false);
