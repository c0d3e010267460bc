namespace Fleet.Server.Live.Cell;

/// <summary>A server of this database, as another one sees it.</summary>
/// <param name="Id">Made anew by each process.</param>
/// <param name="Name">The machine, or pod, that it runs on.</param>
/// <param name="Version">What runs there.</param>
/// <param name="Started">When it began.</param>
/// <param name="LastHeard">Its last sign of life, by the clock of who looks.</param>
/// <param name="Connections">Agents that it holds.</param>
internal sealed record ServerSeen(string Id, string Name, string Version, DateTimeOffset Started, DateTimeOffset LastHeard, int Connections);
