using Fleet.Contracts;

namespace Fleet.Web.Pages.Hosts;

/// <summary>What can be done about a host's membership, and what comes of it.</summary>
public static class AccessText
{
    /// <summary>The verbs that change something for a host in this state, the mildest first.</summary>
    public static IReadOnlyList<string> Possible(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Access?.State switch
        {
            "banned" => ["readmit"],
            "evicted" => ["readmit", "ban", "delete"],
            _ => ["evict", "ban", "delete"],
        };
    }

    /// <summary>What tells the verbs apart, before one is chosen.</summary>
    public static string Choice(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Access?.State switch
        {
            "banned" => "Readmitted, it can connect with the certificate it has. Deleting needs that first, since the ban would be forgotten with it.",
            "evicted" => "Readmitted, it can connect with the certificate it has. Evicted hosts can join again with a token, banned ones cannot.",
            _ => "Evicted hosts can join again with a token, banned ones cannot.",
        };
    }

    /// <summary>What a verb needs.</summary>
    public static string Scope(string verb) => verb is "delete" ? Scopes.HostsDelete : Scopes.HostsEvict;

    public static string Word(string verb) => verb switch
    {
        "evict" => "Evict",
        "ban" => "Ban",
        "readmit" => "Readmit",
        "delete" => "Delete",
        _ => verb,
    };

    /// <summary>What will happen, before anybody says yes.</summary>
    public static string Consequence(string verb, HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        string policy = host.Policies.Any(policy => policy.Reported is not null)
            ? "Its agent goes on enforcing the policies it has." : "Its agent goes on with the claims it has.";
        return verb switch
        {
            "evict" => $"The connection of {host.Name} ends at once and its certificate is refused. {policy} Its events stay, rollouts count it out, and nothing is attested. It can join again with a new token, as the host it is.",
            "ban" => $"The connection of {host.Name} ends at once, and its machine is kept out: its certificate is refused, and so is every token, whatever key it makes. {policy} Its events stay, rollouts count it out, and nothing is attested, until somebody readmits it.",
            "readmit" => $"{host.Name} may connect again with the certificate it has, and takes part in rollouts again.",
            _ => $"{host.Name} is forgotten: its inventory, labels and attestation standings. Its connection ends at once. Events, evidence and the audit log stay, and its machine may join again with a token, as a new host.",
        };
    }
}
