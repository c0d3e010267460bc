using Fleet.Contracts;

namespace Fleet.Server.Data.Attestation;

/// <summary>What a function measured once, as rules; in force once it is pinned.</summary>
internal sealed class BaselineRow
{
    public HostId Host { get; init; }

    public required string Address { get; init; }

    public required string Attestation { get; set; }

    public required string Identity { get; set; }

    /// <summary>JSON of the rules.</summary>
    public required string Rules { get; set; }

    public DateTimeOffset Recorded { get; set; }

    public required string RecordedBy { get; set; }

    public DateTimeOffset? Pinned { get; set; }

    public string? PinnedBy { get; set; }

    /// <summary>Rises with each change; the entity tag.</summary>
    public long Version { get; set; } = 1;
}
