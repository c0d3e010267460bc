namespace Fleet.Contracts;

/// <summary>The protocol between agent and server: SignalR, JSON, over TLS with client certificates.</summary>
public static class LinkProtocol
{
    /// <summary>The version this build speaks.</summary>
    public const int Version = 4;

    /// <summary>The oldest version this build still talks to.</summary>
    public const int Minimum = 1;

    /// <summary>The first version in which agents are sent attestations.</summary>
    public const int AttestationSince = 2;

    /// <summary>The first version in which servers tell agents to wait: in answers to batches and hellos, and by <see cref="IAgentClient.Leave"/>.</summary>
    public const int PacingSince = 3;

    /// <summary>The longest wait that an agent takes from a server, in milliseconds; a longer one is taken for this.</summary>
    public const int LongestWaitMilliseconds = 5 * 60 * 1000;

    /// <summary>The first version in which certificates are renewed over the link.</summary>
    public const int RenewalSince = 3;

    /// <summary>
    /// The first version in which the root can replace the keys that sign assignments. For agents before it the oldest key that counts signs, which is the one
    /// they were given when they joined unless that is retired.
    /// </summary>
    public const int PolicyKeysSince = 4;

    /// <summary>Response header of the agents' port that says why an agent is refused: one of <see cref="Refusals"/>. Its explanation is in <see cref="RefusalDetailHeader"/>.</summary>
    public const string RefusalHeader = "PciFleet-Refusal";

    /// <summary>Response header with the explanation of a refusal, percent-encoded.</summary>
    public const string RefusalDetailHeader = "PciFleet-Refusal-Detail";

    /// <summary>Path of the hub on the agents' port.</summary>
    public const string HubPath = "/hub/agent";

    /// <summary>Path of enrolment on the agents' port, the only one that needs no certificate.</summary>
    public const string EnrollPath = "/enroll";

    /// <summary>Most events in one batch.</summary>
    public const int MaxBatch = 500;

    /// <summary>Most bytes of messages in one evidence report, before base64.</summary>
    public const int MaxEvidenceBytes = 1024 * 1024;

    /// <summary>Most messages in one evidence report.</summary>
    public const int MaxEvidenceMessages = 4096;

    /// <summary>Largest message in bytes, either way.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;
}
