namespace Fleet.Contracts;

/// <summary>What the server may call on an agent. Method names are the wire's.</summary>
public interface IAgentClient
{
    /// <summary>The host's assignment changed: fetch it.</summary>
    Task AssignmentChanged(string tag);
}
