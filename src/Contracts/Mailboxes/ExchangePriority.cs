using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How urgent an exchange is. A waiting exchange rises with time, so that none waits for ever.</summary>
[JsonConverter(typeof(WireEnumConverter<ExchangePriority>))]
public enum ExchangePriority
{
    /// <summary>May wait: discovery and other work of the agent that nobody waits for.</summary>
    [JsonStringEnumMemberName("background")]
    Background,

    /// <summary>Somebody waits for it: every tool.</summary>
    [JsonStringEnumMemberName("normal")]
    Normal,

    /// <summary>Goes first: attestation with a nonce that expires, the release of a mailbox.</summary>
    [JsonStringEnumMemberName("urgent")]
    Urgent,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
