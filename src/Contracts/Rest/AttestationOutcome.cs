using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>How a check of evidence came out.</summary>
[JsonConverter(typeof(WireEnumConverter<AttestationOutcome>))]
public enum AttestationOutcome
{
    /// <summary>The evidence does not say: the verdict is unknown at best.</summary>
    [JsonStringEnumMemberName("unproven")]
    Unproven,

    /// <summary>It does not hold.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>Nothing in this evidence is subject to it.</summary>
    [JsonStringEnumMemberName("not-applicable")]
    NotApplicable,

    /// <summary>It holds.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
