namespace Fleet.Contracts;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
/// <param name="Total">How many items match in all; null where counting would cost too much.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next, long? Total = null);
