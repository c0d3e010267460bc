using System.Globalization;

namespace Fleet.Server.Domain.Hosts;

/// <summary>What is risky about a join token that is allowed all the same.</summary>
internal static class TokenWarnings
{
    public const int ManyUses = 100;
    public static readonly TimeSpan LongLife = TimeSpan.FromHours(24);

    public static IReadOnlyList<string> Of(int uses, TimeSpan lifetime)
    {
        List<string> warnings = [];
        if (lifetime > LongLife)
        {
            warnings.Add($"It holds for {lifetime.TotalDays.ToString("0.#", CultureInfo.InvariantCulture)} days: whoever finds it until then can join. Revoke it when the last host has joined.");
        }

        if (uses >= ManyUses)
        {
            warnings.Add($"It admits {uses.ToString("N0", CultureInfo.InvariantCulture)} hosts: whoever has a copy can join as many of them. Keep it out of images and repositories, and watch who joins.");
        }

        return warnings;
    }
}
