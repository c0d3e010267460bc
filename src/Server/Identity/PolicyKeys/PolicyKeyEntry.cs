using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Fleet.Server.Identity.PolicyKeys;

/// <summary>What policy-keys.json says of one key.</summary>
internal sealed record PolicyKeyEntry
{
    /// <summary>Its number, from 1; the name of its file.</summary>
    public required int Number { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<PolicyKeyState>))]
    public required PolicyKeyState State { get; init; }

    /// <summary>Base64 of SubjectPublicKeyInfo.</summary>
    public required string PublicKey { get; init; }

    public required DateTimeOffset Prepared { get; init; }

    public DateTimeOffset? Activated { get; init; }

    public DateTimeOffset? Retired { get; init; }

    /// <summary>Since when it is in its state.</summary>
    [JsonIgnore]
    public DateTimeOffset Since => Retired ?? Activated ?? Prepared;

    /// <summary>Whether agents believe what it signs.</summary>
    [JsonIgnore]
    public bool Counts => State is not PolicyKeyState.Retired;

    /// <summary>The first 16 digits of the SHA-256 of the key, as agents name it in their logs.</summary>
    [JsonIgnore]
    public string ShortName => Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(PublicKey)).AsSpan(0, 8));
}
