namespace Fleet.Agent.Uplink;

/// <summary>An assignment that must not be put in force.</summary>
internal sealed class AssignmentException(string message) : Exception(message);
