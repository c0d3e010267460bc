namespace Fleet.Fuzzing;

/// <summary>A case did what it must not do.</summary>
internal sealed class FuzzException(string message) : Exception(message);
