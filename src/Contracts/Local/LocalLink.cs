namespace Fleet.Contracts;

/// <summary>How a host stands with its server.</summary>
/// <param name="Refusal">Why the server does not let it in, one of <see cref="Refusals"/>; null when it does, or was not reached.</param>
/// <param name="Explanation">What happened and what to do; null without a refusal.</param>
/// <param name="ClockOffsetSeconds">The host's clock less the server's, in seconds; null until it was measured.</param>
/// <param name="CertificateExpires">When the host's certificate expires; it renews itself long before.</param>
public sealed record LocalLink(string? Refusal, string? Explanation, double? ClockOffsetSeconds, DateTimeOffset CertificateExpires);
