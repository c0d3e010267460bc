using Fleet.Contracts;

namespace Fleet.Server.Data.Attestation;

/// <summary>A function's standing, kept as JSON because it is only ever read and replaced as a whole; questions about it are answered from Live/DeviceDirectory.</summary>
internal sealed class DeviceRow
{
    public HostId Host { get; init; }

    public required string Address { get; init; }

    /// <summary>JSON of <see cref="Domain.Attestation.DeviceStanding"/>.</summary>
    public required string Standing { get; set; }

    /// <summary>The identity that is pinned, as the standing has it: what a change asks of other functions it must ask of the database.</summary>
    public string? Pin { get; set; }
}
