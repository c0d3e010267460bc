namespace Fleet.Policy;

/// <summary>Policies that cannot be compiled; nothing of them was put in force.</summary>
public sealed class PolicyException : Exception
{
    /// <summary>Makes the exception from every problem found.</summary>
    public PolicyException(IReadOnlyList<string> problems)
        : base(string.Join(" ", problems)) => Problems = problems;

    /// <summary>Every problem, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; }
}
