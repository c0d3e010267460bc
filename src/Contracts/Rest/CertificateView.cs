namespace Fleet.Contracts;

/// <summary>A certificate that was issued to a host's agent.</summary>
/// <param name="Serial">Its serial number, upper-case hexadecimal.</param>
/// <param name="Key">SHA-256 of its public key, lower-case hexadecimal.</param>
/// <param name="State">"used" (the agent comes in with it), "issued" (handed out and not seen since) or "superseded" (refused: another took its place).</param>
/// <param name="Issuer">Number of the intermediate that issued it; 0 for the root, as it was before there were intermediates.</param>
/// <param name="NotBefore">From when it is good: up to a day before it was made, for slow clocks.</param>
/// <param name="Issued">When it was made, by the server's clock.</param>
/// <param name="NotAfter">Until when it is good.</param>
/// <param name="RenewedFrom">Serial number of the one that asked for it; null for one that came with joining.</param>
public sealed record CertificateView(
    string Serial, string Key, string State, int Issuer, DateTimeOffset NotBefore, DateTimeOffset Issued, DateTimeOffset NotAfter, string? RenewedFrom);
