namespace Fleet.Contracts;

/// <summary>All that the agent knows of one function.</summary>
/// <param name="Facts">What it is, with the present state of its mailboxes. The bytes beyond the first 64 are for root alone, as in sysfs.</param>
/// <param name="Decoded">Its header and capabilities, register by register.</param>
/// <param name="Claims">The claims in force on it.</param>
/// <param name="Touches">Who accessed it through the broker lately, the latest first; null where that is not yours to know.</param>
/// <param name="Bypasses">Who was seen accessing it around the broker lately, the latest first; null likewise.</param>
public sealed record LocalFunction(
    FunctionFacts Facts, IReadOnlyList<DecodedCapability> Decoded, IReadOnlyList<ClaimFacts> Claims, IReadOnlyList<LocalTouch>? Touches,
    IReadOnlyList<LocalBypass>? Bypasses);
