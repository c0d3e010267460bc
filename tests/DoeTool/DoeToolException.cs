namespace Fleet.DoeTool;

/// <summary>What a tool of this sort does when something is not as it expects: it throws.</summary>
internal sealed class DoeToolException(string kind, string message) : Exception(message)
{
    public string Kind => kind;
}
