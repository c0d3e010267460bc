using Fleet.Contracts;

namespace Fleet.Server.Data;

/// <summary>A revision of a policy. Immutable: there is no setter, and nothing deletes one.</summary>
internal sealed class PolicyRevisionRow
{
    public required string Policy { get; init; }

    public int Number { get; init; }

    /// <summary>The document as it was put.</summary>
    public required string Document { get; init; }

    /// <summary>Canonical JSON of the <see cref="CompiledPolicy"/> that agents get.</summary>
    public required string Compiled { get; init; }

    public string? Description { get; init; }

    /// <summary>Selector of hosts; it stays on the server.</summary>
    public required string Hosts { get; init; }

    public required string Functions { get; init; }

    public EnforcementMode Mode { get; init; }

    public int Priority { get; init; }

    public int Claims { get; init; }

    public required string Author { get; init; }

    public DateTimeOffset Created { get; init; }
}
