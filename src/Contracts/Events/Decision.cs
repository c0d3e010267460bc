using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How the broker answers an access.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decision>))]
public enum Decision
{
    /// <summary>It goes to the function.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>It is refused whole (EBUSY); no byte reaches the function.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,

    /// <summary>It went to the function because the mode is shadow; enforced, it would have been refused.</summary>
    [JsonStringEnumMemberName("would-refuse")]
    WouldRefuse,

    /// <summary>It is refused because the function is opened read-only (EROFS).</summary>
    [JsonStringEnumMemberName("read-only")]
    ReadOnly,
}
