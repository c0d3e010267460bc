namespace Fleet.Simulator.Control;

/// <summary>What the simulator says to a request.</summary>
internal sealed record ControlAnswer(string Message);

/// <summary>The simulator as it is now.</summary>
internal sealed record SimStatus(bool Contention, long Pokes, long StormAccesses, IReadOnlyList<HostStatus> Hosts);

/// <summary>One simulated host; config writes are cycles that reached the function.</summary>
internal sealed record HostStatus(
    string Name, string? Id, bool Connected, long EventsSpooled, long EventsRecorded, long EventsLost, long Generation,
    IReadOnlyDictionary<string, long> ConfigWrites, IReadOnlyDictionary<string, string> Faults);
