using System.Security.Claims;
using Fleet.Contracts;

namespace Fleet.Server.Identity;

/// <summary>People and programs that are not agents: a name, and a role or scopes of their own.</summary>
internal static class Principals
{
    /// <summary>Who has the administrator's token, which lies in the data directory.</summary>
    public const string LocalAdmin = "local admin";

    private const string ScopeClaim = "scope";

    /// <summary>How the audit trail names somebody who was signed in by a link.</summary>
    public static string UserName(string name) => $"user:{name}";

    /// <summary>Somebody with a role. Its scopes are looked up when they are asked for, so that they are today's.</summary>
    public static ClaimsPrincipal Make(string name, string role, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], scheme));

    /// <summary>Somebody with scopes of its own.</summary>
    public static ClaimsPrincipal WithScopes(string name, IEnumerable<string> scopes, IEnumerable<Claim> more, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), .. scopes.Select(scope => new Claim(ScopeClaim, scope)), .. more], scheme));

    public static string Name(this ClaimsPrincipal principal) => principal.Identity?.Name ?? "";

    /// <summary>The role; empty for who has none.</summary>
    public static string Role(this ClaimsPrincipal principal) => principal.FindFirst(ClaimTypes.Role)?.Value ?? "";

    /// <summary>What the principal may do, in the order of <see cref="Contracts.Scopes.All"/>.</summary>
    public static IReadOnlyList<string> Scopes(this ClaimsPrincipal principal) =>
        [.. Contracts.Scopes.All.Select(scope => scope.Name).Where(principal.Has)];

    public static bool Has(this ClaimsPrincipal principal, string scope) =>
        principal.HasClaim(ScopeClaim, scope) || Roles.ScopesOf(principal.Role()).Contains(scope);
}
