namespace Fleet.Server.Domain.Access;

/// <summary>What names of tokens and of people may look like: they stand in the audit trail beside what they did, and must not pass for something else there.</summary>
internal static class PrincipalNames
{
    public const int Longest = 64;

    /// <returns>What is wrong with the name; null when nothing is.</returns>
    public static string? Check(string? name) => name is { Length: > 0 and <= Longest } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@')
        ? null
        : $"name must have 1 to {Longest} letters, digits, '-', '_', '.' or '@'.";
}
