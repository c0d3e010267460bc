namespace Fleet.Contracts;

/// <summary>
/// What a principal may do, a verb on a resource at a time. Every operation of the REST interface needs exactly one of them, which its entry in the OpenAPI
/// document names; none includes another.
/// </summary>
public static class Scopes
{
    /// <summary>The fleet in figures.</summary>
    public const string OverviewRead = "overview:read";

    /// <summary>Hosts, functions, mailboxes, claims.</summary>
    public const string HostsRead = "hosts:read";

    /// <summary>Labels of hosts.</summary>
    public const string HostsWrite = "hosts:write";

    /// <summary>Evict, ban, readmit.</summary>
    public const string HostsEvict = "hosts:evict";

    /// <summary>Forget a host.</summary>
    public const string HostsDelete = "hosts:delete";

    /// <summary>Join tokens, without their secrets.</summary>
    public const string JoinTokensRead = "join-tokens:read";

    /// <summary>Make and revoke join tokens.</summary>
    public const string JoinTokensWrite = "join-tokens:write";

    /// <summary>Policies and their revisions; check a document.</summary>
    public const string PoliciesRead = "policies:read";

    /// <summary>Store and delete policies.</summary>
    public const string PoliciesWrite = "policies:write";

    /// <summary>Rollouts.</summary>
    public const string RolloutsRead = "rollouts:read";

    /// <summary>Begin, pause, resume, abort rollouts.</summary>
    public const string RolloutsWrite = "rollouts:write";

    /// <summary>Verdicts, evidence, reference values, baselines, quarantine.</summary>
    public const string AttestationRead = "attestation:read";

    /// <summary>Attest a function now.</summary>
    public const string AttestationRun = "attestation:run";

    /// <summary>Put, import, delete reference values; record, pin, delete baselines.</summary>
    public const string ReferencesWrite = "references:write";

    /// <summary>Let a function out of quarantine.</summary>
    public const string QuarantineRelease = "quarantine:release";

    /// <summary>Events, their stream, contention.</summary>
    public const string EventsRead = "events:read";

    /// <summary>The audit trail.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>The servers of the control plane and its authority.</summary>
    public const string ServersRead = "servers:read";

    /// <summary>API tokens, without their secrets.</summary>
    public const string TokensRead = "tokens:read";

    /// <summary>Make API tokens with scopes that the maker has, revoke any.</summary>
    public const string TokensWrite = "tokens:write";

    /// <summary>Make links that sign people in, with a role whose scopes the maker has.</summary>
    public const string SignInsWrite = "sign-ins:write";

    /// <summary>Every scope, in the order in which people are shown them.</summary>
    public static IReadOnlyList<Scope> All { get; } =
    [
        new(OverviewRead, "See the fleet in figures"),
        new(HostsRead, "See hosts, functions, mailboxes, claims"),
        new(HostsWrite, "Label hosts"),
        new(HostsEvict, "Evict, ban and readmit hosts"),
        new(HostsDelete, "Delete hosts"),
        new(JoinTokensRead, "See join tokens"),
        new(JoinTokensWrite, "Make and revoke join tokens"),
        new(EventsRead, "See and follow events and contention"),
        new(PoliciesRead, "See and check policies"),
        new(PoliciesWrite, "Store and delete policies"),
        new(RolloutsRead, "See rollouts"),
        new(RolloutsWrite, "Begin, pause, resume and abort rollouts"),
        new(AttestationRead, "See verdicts, evidence, reference values, baselines"),
        new(AttestationRun, "Attest functions"),
        new(ReferencesWrite, "Change reference values and baselines"),
        new(QuarantineRelease, "Release functions from quarantine"),
        new(AuditRead, "See the audit trail"),
        new(ServersRead, "See servers and their authority"),
        new(TokensRead, "See API tokens"),
        new(TokensWrite, "Make and revoke API tokens"),
        new(SignInsWrite, "Make sign-in links"),
    ];

    /// <summary>Whether there is such a scope.</summary>
    public static bool IsKnown(string scope) => All.Any(known => known.Name == scope);

    /// <summary>Whether a scope only lets its bearer look.</summary>
    public static bool OnlyReads(string scope) => scope is not null && scope.EndsWith(":read", StringComparison.Ordinal);
}
