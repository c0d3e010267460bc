using Fleet.Contracts;

namespace Fleet.Server.Identity.Agents;

/// <summary>What comes of looking at an agent's certificate: the host, or a refusal.</summary>
internal readonly record struct AgentJudgement(HostId Host, string HostName, Refusal? Refusal)
{
    public static AgentJudgement Refused(string reason, HostId? host, string detail) => new(default, "", new Refusal(reason, host?.ToString(), detail));
}
