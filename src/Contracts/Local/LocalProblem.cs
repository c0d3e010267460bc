namespace Fleet.Contracts;

/// <summary>A refusal of the local API, as problem+json.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Detail">What happened, to what, and what to do.</param>
public sealed record LocalProblem(string Code, string Detail);
