using Fleet.Contracts;

namespace Fleet.Server.Domain.Access;

/// <summary>What somebody may hand on: no scope that they lack, for no longer than they themselves are let in.</summary>
internal static class GrantRules
{
    /// <summary>The first of the scopes that the maker lacks; null where there is none.</summary>
    public static string? FirstLacking(IReadOnlyList<string> scopes, Func<string, bool> makerHas) => scopes.FirstOrDefault(scope => !makerHas(scope));

    /// <summary>Whether what ends at <paramref name="expires"/> would outlive a maker that ends at <paramref name="makerEnds"/>; null is never.</summary>
    public static bool Outlives(DateTimeOffset? expires, DateTimeOffset? makerEnds) => makerEnds is { } end && (expires is null || expires > end);

    /// <returns>What is wrong with a set of scopes; null when nothing is.</returns>
    public static string? Check(IReadOnlyList<string>? scopes) => scopes switch
    {
        null or { Count: 0 } => $"scopes must name at least one of: {string.Join(", ", Scopes.All.Select(scope => scope.Name))}.",
        _ when scopes.FirstOrDefault(scope => scope is null || !Scopes.IsKnown(scope)) is { } unknown =>
            $"There is no scope '{(unknown.Length > 64 ? unknown[..64] + "…" : unknown)}'; there are: {string.Join(", ", Scopes.All.Select(scope => scope.Name))}.",
        _ when scopes.Contains(null!) => "scopes must not hold null.",
        _ => null,
    };
}
