using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>What an access does.</summary>
[JsonConverter(typeof(WireEnumConverter<AccessOperation>))]
public enum AccessOperation
{
    /// <summary>Reads configuration space.</summary>
    [JsonStringEnumMemberName("read")]
    Read,

    /// <summary>Writes configuration space.</summary>
    [JsonStringEnumMemberName("write")]
    Write,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
