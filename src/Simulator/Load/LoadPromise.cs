namespace Fleet.Simulator.Load;

/// <summary>What must hold at the end of a scenario.</summary>
/// <param name="What">In words.</param>
/// <param name="Held">Whether it does.</param>
/// <param name="Seen">The figures that say so.</param>
internal sealed record LoadPromise(string What, bool Held, string Seen);
