using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>Which way a message of a conversation went.</summary>
[JsonConverter(typeof(WireEnumConverter<EvidenceDirection>))]
public enum EvidenceDirection
{
    /// <summary>To the device.</summary>
    [JsonStringEnumMemberName("request")]
    Request,

    /// <summary>From the device.</summary>
    [JsonStringEnumMemberName("response")]
    Response,

    /// <summary>What a later version says; such evidence is not appraised.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
