using Fleet.Pci;

namespace Fleet.Contracts;

/// <summary>Alike accesses by one process within one window of time.</summary>
public sealed record AccessSeen
{
    /// <summary>The function.</summary>
    public required PciAddress Function { get; init; }

    /// <summary>The process; null when a sensor could not tell.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Read or write.</summary>
    public required AccessOperation Operation { get; init; }

    /// <summary>First byte; null when a sensor could not tell.</summary>
    public int? Offset { get; init; }

    /// <summary>Length in bytes; null when a sensor could not tell.</summary>
    public int? Length { get; init; }

    /// <summary>How the broker decided; null for an access that went around it.</summary>
    public Decision? Decision { get; init; }

    /// <summary>The sensor that saw it go around the broker; null for one that went through.</summary>
    public string? Sensor { get; init; }

    /// <summary>How often, at least 1.</summary>
    public required long Count { get; init; }
}
