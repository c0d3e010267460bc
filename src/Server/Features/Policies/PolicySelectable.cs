using System.Globalization;
using Fleet.Contracts;
using Fleet.Policy;
using Fleet.Server.Http.Filters;

namespace Fleet.Server.Features.Policies;

/// <summary>What the filter of the list of policies can ask about.</summary>
internal sealed class PolicySelectable(PolicyView policy) : ISelectable
{
    public static readonly FilterFields Fields = new FilterFields(["name", "mode", "priority", "revision", "claims", "author", "hosts", "functions"])
        .Words<EnforcementMode>("mode").Numbers("priority", "revision", "claims");

    public bool Knows(string field) => Fields.Names.Contains(field) || field is "any";

    public IEnumerable<string> Values(string field) => field switch
    {
        "name" => [policy.Name],
        "mode" => [policy.Mode.ToString().ToLowerInvariant()],
        "priority" => [Number(policy.Priority)],
        "revision" => [Number(policy.Revision)],
        "claims" => [Number(policy.Claims)],
        "author" => [policy.Author],
        "hosts" => [policy.Hosts],
        "functions" => [policy.Functions],
        "any" => [policy.Name, policy.Description ?? "", policy.Hosts, policy.Functions],
        _ => [],
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
