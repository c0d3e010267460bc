using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>How the host stands with its server: its identity now, how far its clock is off, why it is refused. Read from any thread.</summary>
internal sealed class LinkStanding(AgentIdentity identity, TimeProvider time)
{
    /// <summary>A clock that is this far off is worth saying so.</summary>
    public static readonly TimeSpan NotableOffset = TimeSpan.FromMinutes(5);

    private volatile AgentIdentity _identity = identity;
    private volatile LinkRefusal? _refusal;
    private volatile RevocationList? _revoked;
    private volatile ListedPolicyKeys? _policyKeys;
    private volatile Measured? _measured;

    public AgentIdentity Identity { get => _identity; set => _identity = value; }

    /// <summary>Intermediates of the server's root by which no server is believed; null while none is known.</summary>
    public RevocationList? Revoked { get => _revoked; set => _revoked = value; }

    /// <summary>The root's list of policy keys; null while none is known, or what is known is of another root.</summary>
    public ListedPolicyKeys? PolicyKeys { get => _policyKeys is { } list && list.Root == Identity.Root ? list : null; set => _policyKeys = value; }

    /// <summary>By which keys assignments are believed now.</summary>
    public PolicyTrust PolicyTrust => new(Identity.PolicyKey, PolicyKeys);

    /// <summary>Why the server did not let the host in the last time; null when it did.</summary>
    public LinkRefusal? Refusal { get => _refusal; set => _refusal = value; }

    /// <summary>This host's clock less the server's, as the clock is set now; null until the server said its time.</summary>
    public TimeSpan? ClockOffset => MeasuredNow is { } server ? time.GetUtcNow() - server : null;

    /// <summary>The server's clock: what it said, and what has passed since, whatever this host's clock was set to meanwhile. Null until it said so.</summary>
    public DateTimeOffset? MeasuredNow => _measured is { } measured ? measured.Server + time.GetElapsedTime(measured.Timestamp) : null;

    /// <summary>The server's clock, as far as it is known.</summary>
    public DateTimeOffset ServerNow => MeasuredNow ?? time.GetUtcNow();

    /// <summary>The server said its time in an answer that was asked for at one moment (<see cref="TimeProvider.GetTimestamp"/>) and has just come.</summary>
    public void Measure(long asked, DateTimeOffset server) =>
        _measured = new Measured(server + (time.GetElapsedTime(asked) / 2), time.GetTimestamp());

    public LocalLink Describe() => new(Refusal?.Reason, Refusal?.Detail, ClockOffset?.TotalSeconds, Identity.NotAfter);

    private sealed record Measured(DateTimeOffset Server, long Timestamp);
}
