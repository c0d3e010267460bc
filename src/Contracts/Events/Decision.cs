using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How the broker answers an access.</summary>
[JsonConverter(typeof(WireEnumConverter<Decision>))]
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

    /// <summary>
    /// It waited for a foreign claim to end, or an exchange for its turn: then it went on, or its time was up (ETIMEDOUT) and no byte reached the function.
    /// </summary>
    [JsonStringEnumMemberName("wait")]
    Wait,

    /// <summary>The read was answered with all ones where the claim covers it.</summary>
    [JsonStringEnumMemberName("ones")]
    Ones,

    /// <summary>The read was answered from what was last read of the function.</summary>
    [JsonStringEnumMemberName("cached")]
    Cached,

    /// <summary>It went to registers of the caller's own instead of the mailbox.</summary>
    [JsonStringEnumMemberName("virtualise")]
    Virtualise,

    /// <summary>What a later version says; never decided here.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
