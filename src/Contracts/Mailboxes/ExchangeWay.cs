using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>By which way an exchange came to its mailbox's queue.</summary>
[JsonConverter(typeof(WireEnumConverter<ExchangeWay>))]
public enum ExchangeWay
{
    /// <summary>The broker's own interface: the local API, attestation, discovery.</summary>
    [JsonStringEnumMemberName("api")]
    Api,

    /// <summary>A tool that drove the registers of its virtual mailbox.</summary>
    [JsonStringEnumMemberName("virtual")]
    Virtual,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
