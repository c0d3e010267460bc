namespace Fleet.Agent;

/// <summary>An agent that cannot run here; the message says what to do.</summary>
internal sealed class AgentStartException(string message, Exception? cause = null) : Exception(message, cause);
