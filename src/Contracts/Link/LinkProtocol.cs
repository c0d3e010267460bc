namespace Fleet.Contracts;

/// <summary>The protocol between agent and server: SignalR, JSON, over TLS with client certificates.</summary>
public static class LinkProtocol
{
    /// <summary>The version this build speaks.</summary>
    public const int Version = 1;

    /// <summary>The oldest version this build still talks to.</summary>
    public const int Minimum = 1;

    /// <summary>Path of the hub on the agents' port.</summary>
    public const string HubPath = "/hub/agent";

    /// <summary>Path of enrolment on the agents' port, the only one that needs no certificate.</summary>
    public const string EnrollPath = "/enroll";

    /// <summary>Most events in one batch.</summary>
    public const int MaxBatch = 500;

    /// <summary>Largest message in bytes, either way.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;
}
