namespace Fleet.Contracts;

/// <summary>The stable codes of problem+json answers and of refusals on the local API.</summary>
public static class ErrorCodes
{
    /// <summary>The document or request has errors; they are listed with positions.</summary>
    public const string Invalid = "invalid";

    /// <summary>The q filter does not parse.</summary>
    public const string InvalidFilter = "invalid-filter";

    /// <summary>There is no such thing.</summary>
    public const string NotFound = "not-found";

    /// <summary>There is such a thing, and this is not among what can be done to it; the answer's Allow says what is.</summary>
    public const string MethodNotAllowed = "method-not-allowed";

    /// <summary>It is in a state that does not allow this.</summary>
    public const string Conflict = "conflict";

    /// <summary>The thing changed since it was read.</summary>
    public const string Stale = "stale";

    /// <summary>A change needs If-Match.</summary>
    public const string PreconditionRequired = "precondition-required";

    /// <summary>No, or no valid, credentials.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The credentials do not allow this.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The credentials lack the scope that this needs; "scope" names it.</summary>
    public const string ScopeMissing = "scope-missing";

    /// <summary>The API token has expired.</summary>
    public const string TokenExpired = "token-expired";

    /// <summary>The API token was revoked.</summary>
    public const string TokenRevoked = "token-revoked";

    /// <summary>The join token is unknown, used up, expired or revoked.</summary>
    public const string TokenRefused = "token-refused";

    /// <summary>The machine belongs to a host that is banned: no token admits it.</summary>
    public const string HostBanned = "host-banned";

    /// <summary>The agents' port refuses an agent; "reason" says why.</summary>
    public const string AgentRefused = "agent-refused";

    /// <summary>A signed document's signature does not verify, or no import key of the server made it.</summary>
    public const string SignatureRefused = "signature-refused";

    /// <summary>The region is held by somebody else.</summary>
    public const string ClaimHeld = "claim-held";

    /// <summary>Too many requests.</summary>
    public const string TooMany = "too-many";

    /// <summary>The database cannot be used just now; the answer's Retry-After says when to try again.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The server failed; its log has the cause under the trace id of the answer.</summary>
    public const string Internal = "internal";
}
