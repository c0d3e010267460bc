namespace Fleet.Contracts;

/// <summary>What an event says of the claim it met.</summary>
/// <param name="Holder">Who holds the region.</param>
/// <param name="Source">Where the claim comes from.</param>
/// <param name="Offset">First byte of the claimed region.</param>
/// <param name="Length">Length of the claimed region in bytes.</param>
public sealed record ClaimReference(string Holder, ClaimSource Source, int Offset, int Length);
