using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>What the server wants in force on each host, signed. The border between policies and the agents' hub.</summary>
internal interface IAssignments
{
    Task<SignedAssignment> GetAsync(HostId host, CancellationToken ct);

    /// <summary>The tag that <see cref="GetAsync"/> would answer with, without making the document.</summary>
    Task<string> TagAsync(HostId host, CancellationToken ct);

    /// <summary>Public key that signs assignments, base64 of SubjectPublicKeyInfo.</summary>
    string PublicKey { get; }
}
