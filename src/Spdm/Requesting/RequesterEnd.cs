namespace Fleet.Spdm.Requesting;

/// <summary>How a run ended; without a failure every step was done. The detail is one sentence for people.</summary>
public sealed record RequesterEnd(RequesterFailure? Failure, string Detail);
