using System.Globalization;
using Fleet.Contracts;

namespace Fleet.Server.Domain.Access;

/// <summary>What is risky about an API token that is allowed all the same.</summary>
internal static class ApiTokenWarnings
{
    public static readonly TimeSpan LongLife = TimeSpan.FromDays(400);

    public static IReadOnlyList<string> Of(IReadOnlyList<string> scopes, TimeSpan? lifetime)
    {
        List<string> warnings = [];
        if (lifetime is null)
        {
            warnings.Add("It never expires: whoever finds it may use it until somebody revokes it.");
        }
        else if (lifetime > LongLife)
        {
            warnings.Add($"It holds for {lifetime.Value.TotalDays.ToString("0", CultureInfo.InvariantCulture)} days: whoever finds it until then may use it.");
        }

        if (scopes.Contains(Scopes.TokensWrite))
        {
            warnings.Add("It can make more tokens, which stay when it is revoked; they are listed with it.");
        }

        return warnings;
    }
}
