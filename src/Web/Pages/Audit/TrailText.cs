using Fleet.Contracts;
using Fleet.Web.Text;

namespace Fleet.Web.Pages.Audit;

/// <summary>Actions of the audit log about tokens and hosts, in words; one that this build does not know is shown as it came.</summary>
public static class TrailText
{
    /// <summary>Actions that the audit page offers to filter by, in groups.</summary>
    public static readonly IReadOnlyList<string> Actions =
    [
        "host.*", "host.evict", "host.ban", "host.readmit", "host.return", "host.delete", "agent.refused.*", "token.*", "token.create", "token.use", "token.refuse", "token.revoke",
        "api-token.*", "api-token.create", "api-token.revoke", "api-token.refuse", "sign-in.*", "quarantine.release", "baseline.*", "reference-values.*",
    ];

    /// <summary>The action with what it was done to: for a page that shows all sorts.</summary>
    public static string Whole(string action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return action switch
        {
            "token.create" => "made a join token",
            "token.use" => "joined by a token",
            "token.exhausted" => "used a join token up",
            "token.refuse" => "refused by a join token",
            "token.revoke" => "revoked a join token",
            "api-token.create" => "made an API token",
            "api-token.revoke" => "revoked an API token",
            "api-token.refuse" => "used an API token after its end",
            "host.evict" => "evicted a host",
            "host.ban" => "banned a host",
            "host.readmit" => "readmitted a host",
            "host.return" => "a host joined again",
            "host.refuse" => "refused to let a host in",
            "host.delete" => "deleted a host",
            "sign-in.create" => "made a sign-in link",
            "sign-in.use" => "signed in",
            "quarantine.release" => "released a quarantine",
            "baseline.record" => "recorded a baseline",
            "baseline.pin" => "pinned a baseline",
            "baseline.delete" => "deleted a baseline",
            "reference-values.import" => "imported reference values",
            "reference-values.delete" => "deleted reference values",
            _ when action.StartsWith("reference-values.", StringComparison.Ordinal) => "saved reference values",
            _ when action.StartsWith("agent.refused.", StringComparison.Ordinal) => $"refused an agent: {action["agent.refused.".Length..]}",
            _ => action,
        };
    }

    /// <summary>The page of what it was done to; null where there is none.</summary>
    public static string? Link(AuditView entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Action[..Math.Max(0, entry.Action.IndexOf('.', StringComparison.Ordinal))] switch
        {
            _ when entry.Subject.Length is 0 => null,
            "token" => Links.JoinToken(entry.Subject),
            "api-token" => Links.ApiToken(entry.Subject),
            "host" or "agent" => HostId.TryParse(entry.Subject, out HostId host) ? Links.Host(host) : null,
            "quarantine" or "baseline" => FunctionId.TryParse(entry.Subject, out FunctionId function) ? Links.Function(function) : null,
            _ => null,
        };
    }

    /// <summary>What it was done to, short enough for a row: of an identity its end, of a function its address.</summary>
    public static string Subject(AuditView entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return FunctionId.TryParse(entry.Subject, out FunctionId function) ? function.Address.ToString()
            : entry.Subject.Length is 32 && entry.Subject.All(char.IsAsciiHexDigit) ? "…" + entry.Subject[^8..]
            : entry.Subject;
    }

    public static string Of(string action) => action switch
    {
        "token.create" => "made",
        "token.use" => "admitted a host",
        "token.exhausted" => "used up",
        "token.refuse" => "refused a host",
        "token.revoke" => "revoked",
        "api-token.create" => "made",
        "api-token.revoke" => "revoked",
        "api-token.refuse" => "used after its end",
        "host.evict" => "evicted",
        "host.ban" => "banned",
        "host.readmit" => "readmitted",
        "host.return" => "joined again",
        "host.refuse" => "refused to let in",
        "host.delete" => "deleted",
        _ => action,
    };
}
