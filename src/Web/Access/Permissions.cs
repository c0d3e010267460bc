using Fleet.Contracts;

namespace Fleet.Web.Access;

/// <summary>What the person in front of the dashboard may do, as the server says. It decides what is shown as possible; the server decides what is.</summary>
public sealed class Permissions(VersionView who)
{
    private readonly HashSet<string>? _scopes = who.Scopes is { } scopes ? [.. scopes] : null;

    /// <summary>Who that is, as the audit trail names them.</summary>
    public string Principal => who.Principal;

    /// <summary>Whether they may; a server that knew no scopes let everybody do everything.</summary>
    public bool Has(string scope) => _scopes?.Contains(scope) ?? true;

    /// <summary>Why they may not, in a sentence that goes beneath the button.</summary>
    public string Reason(string scope)
    {
        string least = Roles.Least(scope) is { } role ? $", which {(role is Roles.Viewer ? "a viewer" : role is Roles.Operator ? "an operator" : "an administrator")} has" : "";
        return $"You are signed in as {(who.Role.Length > 0 ? who.Role : who.Principal)}: this needs the scope {scope}{least}.";
    }
}
