using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>What the flight recorder froze when something went wrong at a mailbox: the exchanges up to then, and who else was seen there.</summary>
public sealed record RecordedBundle
{
    /// <summary>Identity on the host; rises with time.</summary>
    public required string Id { get; init; }

    /// <summary>When it was frozen.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>Offset of the mailbox's capability.</summary>
    public required int Offset { get; init; }

    /// <summary>What went wrong: the fault's name ("timeout", "foreign-response", "disturbed", …).</summary>
    public required string Fault { get; init; }

    /// <summary>What it most likely comes from, one sentence.</summary>
    public required string Cause { get; init; }

    /// <summary>The exchanges, oldest first; the last one is the one that failed.</summary>
    public required IReadOnlyList<RecordedExchange> Exchanges { get; init; }

    /// <summary>Writes past the queue that were seen.</summary>
    public required IReadOnlyList<RecordedIntrusion> Intrusions { get; init; }
}
