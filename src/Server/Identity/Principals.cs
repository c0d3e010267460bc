using System.Security.Claims;

namespace Fleet.Server.Identity;

/// <summary>People and programs that are not agents: a name and a role.</summary>
internal static class Principals
{
    public const string Admin = "admin";

    public static ClaimsPrincipal Make(string name, string role, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], scheme));

    public static string Name(this ClaimsPrincipal principal) => principal.Identity?.Name ?? "";

    public static string Role(this ClaimsPrincipal principal) => principal.FindFirst(ClaimTypes.Role)?.Value ?? "";
}
