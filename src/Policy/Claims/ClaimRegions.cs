using Fleet.Contracts;

namespace Fleet.Policy;

/// <summary>Finds the regions that a request names, exactly as a policy's would be found.</summary>
public static class ClaimRegions
{
    /// <summary>Why the region can never be found, as a clause; null when it can.</summary>
    public static string? Problem(RegionSpec spec) => Regions.Problem(spec);

    /// <summary>What sort each region on a function is, its first byte and its length; none when the function has no such thing.</summary>
    public static IReadOnlyList<(RegionKind Kind, int Offset, int Length)> FindKinds(RegionSpec spec, FunctionFacts function) =>
        [.. Regions.Resolve(spec, function).Select(region => (region.Kind, region.Offset, region.Length))];

    /// <summary>First byte and length of each region on a function; none when the function has no such thing.</summary>
    public static IReadOnlyList<(int Offset, int Length)> Find(RegionSpec spec, FunctionFacts function) =>
        [.. Regions.Resolve(spec, function).Select(region => (region.Offset, region.Length))];
}
