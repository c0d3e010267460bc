namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>What a program said.</summary>
internal sealed record Output(int Status, string Text, string Errors)
{
    public IReadOnlyList<string> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The text of a program that succeeded.</summary>
    public string Succeeded() => Status == 0 ? Text : throw new InvalidOperationException($"Status {Status}.\n{Text}\n{Errors}");
}
