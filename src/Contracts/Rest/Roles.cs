namespace Fleet.Contracts;

/// <summary>Named sets of scopes, each within the next: a viewer looks, an operator runs the fleet, an administrator decides what is trusted and who may do what.</summary>
public static class Roles
{
    /// <summary>Sees everything, changes nothing.</summary>
    public const string Viewer = "viewer";

    /// <summary>Runs the fleet from day to day.</summary>
    public const string Operator = "operator";

    /// <summary>May do everything.</summary>
    public const string Admin = "admin";

    private static readonly string[] AdminOnly = [Scopes.HostsDelete, Scopes.ReferencesWrite, Scopes.TokensWrite, Scopes.SignInsWrite];

    /// <summary>The roles, the least first.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Operator, Admin];

    /// <summary>What a role may do; nothing for one that there is not.</summary>
    public static IReadOnlyList<string> ScopesOf(string? role) => role switch
    {
        Viewer => [.. Scopes.All.Select(scope => scope.Name).Where(Scopes.OnlyReads)],
        Operator => [.. Scopes.All.Select(scope => scope.Name).Where(scope => !AdminOnly.Contains(scope))],
        Admin => [.. Scopes.All.Select(scope => scope.Name)],
        _ => [],
    };

    /// <summary>The least role that has a scope; null for a scope that there is not.</summary>
    public static string? Least(string scope) => All.FirstOrDefault(role => ScopesOf(role).Contains(scope));
}
