using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How far one attestation has come.</summary>
[JsonConverter(typeof(WireEnumConverter<AttestationPhase>))]
public enum AttestationPhase
{
    /// <summary>Its evidence is awaited.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>Evidence came in time and was appraised.</summary>
    [JsonStringEnumMemberName("appraised")]
    Appraised,

    /// <summary>Evidence came after the nonces had expired; it was kept, and proves nothing.</summary>
    [JsonStringEnumMemberName("late")]
    Late,

    /// <summary>No evidence came in time.</summary>
    [JsonStringEnumMemberName("unanswered")]
    Unanswered,

    /// <summary>Another job with new nonces was made of what this one showed.</summary>
    [JsonStringEnumMemberName("replanned")]
    Replanned,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
