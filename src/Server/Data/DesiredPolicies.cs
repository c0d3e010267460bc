using System.Collections.Immutable;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Server.Data;

/// <summary>What is wanted on a host. The only place that changes it, so that every change raises the generation.</summary>
internal static class DesiredPolicies
{
    public static ImmutableSortedDictionary<string, int> Read(HostRow host) => Parse(host.Desired);

    /// <summary>Reads what a row has as JSON.</summary>
    public static ImmutableSortedDictionary<string, int> Parse(string desired) =>
        JsonSerializer.Deserialize<ImmutableSortedDictionary<string, int>>(desired, FleetJson.Options)!.WithComparers(StringComparer.Ordinal);

    /// <summary>Wants a revision of a policy on the host, or with null the policy off it.</summary>
    /// <returns>True when that is a change.</returns>
    public static bool Set(HostRow host, string policy, int? revision)
    {
        ImmutableSortedDictionary<string, int> before = Read(host);
        ImmutableSortedDictionary<string, int> after = revision is { } number ? before.SetItem(policy, number) : before.Remove(policy);
        if (ReferenceEquals(before, after))
        {
            return false;
        }

        host.Desired = JsonSerializer.Serialize(after, FleetJson.Options);
        host.Generation++;
        return true;
    }
}
