using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>What a step of an attestation asks of a device. An agent ends a job with a step that it does not know by <see cref="EvidenceEnd.Unsupported"/>.</summary>
[JsonConverter(typeof(WireEnumConverter<AttestationAction>))]
public enum AttestationAction
{
    /// <summary>GET_DIGESTS.</summary>
    [JsonStringEnumMemberName("digests")]
    Digests,

    /// <summary>GET_CERTIFICATE until the slot's chain is whole.</summary>
    [JsonStringEnumMemberName("certificates")]
    Certificates,

    /// <summary>CHALLENGE with the step's nonce.</summary>
    [JsonStringEnumMemberName("challenge")]
    Challenge,

    /// <summary>One GET_MEASUREMENTS with the step's attributes and operation.</summary>
    [JsonStringEnumMemberName("measurements")]
    Measurements,

    /// <summary>The count, then each index alone, the last one signed with the step's nonce.</summary>
    [JsonStringEnumMemberName("each-measurement")]
    EachMeasurement,

    /// <summary>GET_MEASUREMENT_EXTENSION_LOG until the log is whole.</summary>
    [JsonStringEnumMemberName("measurement-log")]
    MeasurementLog,

    /// <summary>What a later version says.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = -1,
}
