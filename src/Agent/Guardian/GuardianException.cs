namespace Fleet.Agent.Guardian;

/// <summary>No guardian could be had: says why.</summary>
internal sealed class GuardianException(string message, Exception? cause = null) : IOException(message, cause);
