using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>What becomes of the ways in to functions when the agent dies. Ordered: a stricter one is greater.</summary>
[JsonConverter(typeof(WireEnumConverter<AgentLossAction>))]
public enum AgentLossAction
{
    /// <summary>They are lifted: tools reach the functions as without an agent.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>Accesses wait for the next agent.</summary>
    [JsonStringEnumMemberName("wait")]
    Wait,

    /// <summary>Accesses are refused until the next agent.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>What a later version says; policies that say it are refused.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
