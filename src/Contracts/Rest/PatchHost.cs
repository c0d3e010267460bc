namespace Fleet.Contracts;

/// <summary>Changes what an operator may change of a host.</summary>
/// <param name="Labels">Labels to set; a null value removes that label; labels not named stay.</param>
public sealed record PatchHost(IReadOnlyDictionary<string, string?> Labels);
