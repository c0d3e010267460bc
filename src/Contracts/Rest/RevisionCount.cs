namespace Fleet.Contracts;

/// <summary>How many hosts have a revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Hosts">The number of hosts.</param>
public sealed record RevisionCount(int Revision, int Hosts);
