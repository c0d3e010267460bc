using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>What a claim does with the accesses of others.</summary>
[JsonConverter(typeof(WireEnumConverter<ClaimAction>))]
public enum ClaimAction
{
    /// <summary>They pass.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>They are refused whole with EBUSY.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,

    /// <summary>They wait until the claim ends or its time to wait is up (ETIMEDOUT); see <see cref="ClaimFacts.WaitMilliseconds"/>.</summary>
    [JsonStringEnumMemberName("wait")]
    Wait,

    /// <summary>Reads are answered with all ones for each access unit of four bytes that the claim covers, with real data for the rest.</summary>
    [JsonStringEnumMemberName("ones")]
    Ones,

    /// <summary>Reads are answered from what was last read of the function; a function that sleeps (D3cold) is not woken.</summary>
    [JsonStringEnumMemberName("cached")]
    Cached,

    /// <summary>Writes to a mailbox go to registers of the caller's own; elsewhere they are refused.</summary>
    [JsonStringEnumMemberName("virtualise")]
    Virtualise,

    /// <summary>What a later version says; nobody here acts by it.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
