namespace Fleet.Contracts;

/// <summary>A wave of a rollout.</summary>
/// <param name="Percent">Share of hosts that have the revision when the wave is done.</param>
/// <param name="BakeSeconds">How long it is watched after its last host reported.</param>
/// <param name="PauseAfter">True when the rollout pauses after it.</param>
/// <param name="State">"pending", "running", "baking", "done".</param>
/// <param name="Hosts">The wave's hosts and how far each is.</param>
public sealed record WaveView(int Percent, int BakeSeconds, bool PauseAfter, string State, IReadOnlyList<RolloutTarget> Hosts);
