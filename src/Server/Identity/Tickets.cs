using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Fleet.Server.Identity;

/// <summary>
/// Short-lived bearer tokens with which the dashboard calls the API as the person in front of it: what the dashboard can do,
/// the API allowed that person to do.
/// </summary>
internal sealed class Tickets(IDataProtectionProvider protection)
{
    private const string Prefix = "fleetticket_";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Fleet.Server.Ticket").ToTimeLimitedDataProtector();

    /// <summary>A ticket for the person; null when nobody is signed in.</summary>
    public string? Issue(ClaimsPrincipal principal) => principal.Identity?.IsAuthenticated is true
        ? Prefix + _protector.Protect($"{principal.Role()}\n{principal.Name()}", Lifetime)
        : null;

    public ClaimsPrincipal? TryRead(string token)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            string[] parts = _protector.Unprotect(token[Prefix.Length..]).Split('\n', 2);
            return Principals.Make(parts[1], parts[0], BearerHandler.SchemeName);
        }
        catch (CryptographicException)
        {
            return null; // Ended, or never ours.
        }
    }
}
