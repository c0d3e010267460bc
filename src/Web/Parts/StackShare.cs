namespace Fleet.Web.Parts;

/// <summary>One part of a stacked bar.</summary>
/// <param name="Mark">Its mark ("applied", "failed").</param>
/// <param name="Word">Its word.</param>
/// <param name="Count">How many.</param>
public readonly record struct StackShare(string Mark, string Word, long Count);
