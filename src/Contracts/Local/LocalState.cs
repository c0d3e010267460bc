namespace Fleet.Contracts;

/// <summary>An agent as it is now.</summary>
/// <param name="Facts">Its host.</param>
/// <param name="Host">The host's identity at the server; null until it joined.</param>
/// <param name="Connected">Whether the server has answered the hello of a standing connection.</param>
/// <param name="Epoch">Which life of the spool this is.</param>
/// <param name="EventsSpooled">Events that wait for the server's acknowledgement.</param>
/// <param name="Generation">Number of the assignment in force; 0 for none.</param>
/// <param name="Policies">The policies in force.</param>
/// <param name="Rejected">Why the last assignment was refused; null when it was not.</param>
/// <param name="SpoolTrouble">What the disk does not take now, events or evidence, and why, in sentences; null when it takes all.</param>
/// <param name="Endpoints">Where things are: "socket", "mirror", "metrics".</param>
/// <param name="Link">How it stands with its server; null until it joined one.</param>
public sealed record LocalState(
    HostFacts Facts, HostId? Host, bool Connected, long Epoch, long EventsSpooled, long Generation, IReadOnlyList<AppliedPolicy> Policies,
    string? Rejected, string? SpoolTrouble, IReadOnlyDictionary<string, string> Endpoints, LocalLink? Link = null);
