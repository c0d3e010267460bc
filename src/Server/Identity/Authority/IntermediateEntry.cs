using System.Text.Json.Serialization;

namespace Fleet.Server.Identity.Authority;

/// <summary>What authority.json says of one intermediate.</summary>
internal sealed record IntermediateEntry
{
    /// <summary>Its number, from 1; the name of its files.</summary>
    public required int Number { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<IntermediateState>))]
    public required IntermediateState State { get; init; }

    public required DateTimeOffset Prepared { get; init; }

    public DateTimeOffset? Activated { get; init; }

    public DateTimeOffset? Retired { get; init; }

    /// <summary>Since when it is in its state.</summary>
    [JsonIgnore]
    public DateTimeOffset Since => Retired ?? Activated ?? Prepared;
}
