using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>Where a rollout stands.</summary>
[JsonConverter(typeof(WireEnumConverter<RolloutPhase>))]
public enum RolloutPhase
{
    /// <summary>Waves go on.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>No host gets the revision until somebody resumes.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>Every host of every wave reports the revision.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Ended before it was done; hosts keep what they have.</summary>
    [JsonStringEnumMemberName("aborted")]
    Aborted,

    /// <summary>A newer rollout of the same policy took over.</summary>
    [JsonStringEnumMemberName("superseded")]
    Superseded,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
