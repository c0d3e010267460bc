namespace Fleet.Server.Identity.Agents;

/// <summary>What comes of looking at an agent's certificate: what it comes in with, or why it does not. There is no third, and none by default.</summary>
internal sealed record AgentJudgement
{
    private AgentJudgement()
    {
    }

    /// <summary>What it comes in with; null when it does not.</summary>
    public AgentCredential? Credential { get; private init; }

    /// <summary>Name of the host.</summary>
    public string HostName { get; private init; } = "";

    /// <summary>Why it does not come in; null when it does, or when <see cref="Later"/>.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>Nothing could be decided now; the agent should ask again.</summary>
    public bool Later { get; private init; }

    public static AgentJudgement Admitted(AgentCredential credential, string name) => new() { Credential = credential, HostName = name };

    public static AgentJudgement Refused(Refusal refusal) => new() { Refusal = refusal };

    public static AgentJudgement Unsettled() => new() { Later = true };
}
