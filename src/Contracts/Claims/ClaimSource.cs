using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>Where a claim comes from.</summary>
[JsonConverter(typeof(WireEnumConverter<ClaimSource>))]
public enum ClaimSource
{
    /// <summary>Made by the agent for each DOE mailbox it finds.</summary>
    [JsonStringEnumMemberName("default")]
    Default,

    /// <summary>From a policy that the server assigned.</summary>
    [JsonStringEnumMemberName("policy")]
    Policy,

    /// <summary>Asked for by a process through the local API.</summary>
    [JsonStringEnumMemberName("local")]
    Local,

    /// <summary>Break-glass: permission for some callers in spite of claims, with a reason and an end.</summary>
    [JsonStringEnumMemberName("lease")]
    Lease,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
