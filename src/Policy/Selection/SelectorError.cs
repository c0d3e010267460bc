namespace Fleet.Policy;

/// <summary>Why a selector does not parse.</summary>
/// <param name="Position">Where, as an index into the text from 0.</param>
/// <param name="Message">What was found there and what was expected.</param>
public readonly record struct SelectorError(int Position, string Message);
