using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How a run ended, in the agent's words. No verdict rests on it: the server finds out from the messages.</summary>
[JsonConverter(typeof(WireEnumConverter<EvidenceEnd>))]
public enum EvidenceEnd
{
    /// <summary>Every step was done.</summary>
    [JsonStringEnumMemberName("complete")]
    Complete,

    /// <summary>The device cannot do what the job asks for; another job may.</summary>
    [JsonStringEnumMemberName("plan-mismatch")]
    PlanMismatch,

    /// <summary>A response broke the protocol.</summary>
    [JsonStringEnumMemberName("malformed")]
    Malformed,

    /// <summary>The device answered with an ERROR.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>The budget was used up.</summary>
    [JsonStringEnumMemberName("budget")]
    Budget,

    /// <summary>The mailbox gave no response.</summary>
    [JsonStringEnumMemberName("transport")]
    Transport,

    /// <summary>The mailbox is not the agent's to use, or another holds the device.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,

    /// <summary>There is no such function, no mailbox that speaks SPDM, or the agent does not know a step of the job.</summary>
    [JsonStringEnumMemberName("unsupported")]
    Unsupported,

    /// <summary>The conversation grew beyond <see cref="LinkProtocol.MaxEvidenceBytes"/>; the messages are left out.</summary>
    [JsonStringEnumMemberName("too-large")]
    TooLarge,

    /// <summary>The nonces' time was over before the run began or ended.</summary>
    [JsonStringEnumMemberName("late")]
    Late,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
