namespace Fleet.FaultTrial;

/// <summary>What a trial is told.</summary>
/// <param name="Kills">How many programs are killed.</param>
/// <param name="Seed">Decides every fault; the times at which they strike differ with the machine.</param>
/// <param name="Place">A directory of its own.</param>
/// <param name="Server">The fleet-server.</param>
/// <param name="Agent">The fleet-agent; null for none.</param>
/// <param name="Programs">How many programs of hosts there are, three hosts each.</param>
/// <param name="Postgres">Whether two servers share one PostgreSQL, instead of one with files of its own.</param>
internal sealed record TrialOptions(int Kills, int Seed, string Place, string Server, string? Agent, int Programs, bool Postgres);
