using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>An assignment that must not be put in force.</summary>
/// <param name="message">Why, in a sentence.</param>
/// <param name="keyRefused">Whether it is for the key that signed it.</param>
internal sealed class AssignmentException(string message, bool keyRefused = false) : Exception(message)
{
    /// <summary>The event that tells of it.</summary>
    public string Kind => keyRefused ? EventKinds.PolicyKeyRefused : EventKinds.PolicyRejected;
}
