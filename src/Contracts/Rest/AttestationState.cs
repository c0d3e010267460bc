using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>Where a function stands. Only the first of these is good; what is not said is none of them.</summary>
[JsonConverter(typeof(WireEnumConverter<AttestationState>))]
public enum AttestationState
{
    /// <summary>It was trusted, too long ago to count.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,

    /// <summary>A check failed.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Every check that applies holds, on evidence young enough.</summary>
    [JsonStringEnumMemberName("trusted")]
    Trusted,

    /// <summary>Something is not proven, or there is no evidence; also what a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
