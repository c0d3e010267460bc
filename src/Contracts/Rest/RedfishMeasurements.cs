using System.Text.Json.Serialization;

namespace Fleet.Contracts;

/// <summary>
/// Signed measurements in the shape of Redfish (ComponentIntegrity, answer of SPDMGetSignedMeasurements), with its names. What is signed is the standard
/// measurement transcript: the negotiation (from SPDM 1.2 on), the requests and responses of measurements, the signature.
/// </summary>
public sealed record RedfishMeasurements
{
    /// <summary>The transcript with its signature, base64.</summary>
    [JsonPropertyName("SignedMeasurements")]
    public required string SignedMeasurements { get; init; }

    /// <summary>The hash ("TPM_ALG_SHA_384"); null where it is not said.</summary>
    [JsonPropertyName("HashingAlgorithm")]
    public string? HashingAlgorithm { get; init; }

    /// <summary>The signature ("TPM_ALG_ECDSA_ECC_NIST_P384"); null where it is not said.</summary>
    [JsonPropertyName("SigningAlgorithm")]
    public string? SigningAlgorithm { get; init; }

    /// <summary>SPDM version ("1.2.0"); null where it is not said.</summary>
    [JsonPropertyName("Version")]
    public string? Version { get; init; }

    /// <summary>The chain of the slot that signed, PEM, the root first; null where it is not part of the evidence.</summary>
    [JsonPropertyName("CertificateString")]
    public string? CertificateString { get; init; }
}
