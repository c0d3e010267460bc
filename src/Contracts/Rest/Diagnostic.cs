namespace Fleet.Contracts;

/// <summary>Something wrong in a document or a filter.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Path">Where in the document ("spec.claims[0].region"); empty for a filter.</param>
/// <param name="Message">What is wrong and what was expected.</param>
public sealed record Diagnostic(int Line, int Column, string Path, string Message);
