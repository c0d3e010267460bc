using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>What a claim does with the accesses of others.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClaimAction>))]
public enum ClaimAction
{
    /// <summary>They pass.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>They are refused whole with EBUSY.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,
}
