using Fleet.Contracts;

namespace Fleet.Server.Live;

/// <summary>What the server wants in force on each host, signed. The border between policies and the agents' hub.</summary>
internal interface IAssignments
{
    /// <summary>The host's assignment, as its row has it now.</summary>
    /// <param name="host">Whose.</param>
    /// <param name="knowsPolicyKeys">Whether its agent takes the root's lists of policy keys; for one that does not, the oldest key that counts signs.</param>
    /// <param name="ct">Cancels.</param>
    Task<SignedAssignment> GetAsync(HostId host, bool knowsPolicyKeys, CancellationToken ct);

    /// <summary>The tag that <see cref="GetAsync"/> would answer with as far as this server's memory goes, without a look at the database.</summary>
    Task<string> TagAsync(HostId host, CancellationToken ct);

    /// <summary>Public key that signs assignments for agents that know no list, base64 of SubjectPublicKeyInfo.</summary>
    string PublicKey { get; }

    /// <summary>The keys that sign assignments, as the root lists them; null while none was ever replaced.</summary>
    SignedPolicyKeys? Keys { get; }
}
