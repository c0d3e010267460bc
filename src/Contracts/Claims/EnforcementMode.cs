using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How far a claim acts. Ordered: a stricter mode is greater.</summary>
[JsonConverter(typeof(WireEnumConverter<EnforcementMode>))]
public enum EnforcementMode
{
    /// <summary>Accesses pass and are recorded.</summary>
    [JsonStringEnumMemberName("observe")]
    Observe,

    /// <summary>Accesses pass; what would have been refused is recorded as would-refuse.</summary>
    [JsonStringEnumMemberName("shadow")]
    Shadow,

    /// <summary>The claim's actions are carried out.</summary>
    [JsonStringEnumMemberName("enforce")]
    Enforce,

    /// <summary>What a later version says; acts on nothing, and policies that say it are refused.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
