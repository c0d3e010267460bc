namespace Fleet.Server.Live;

/// <summary>The topics of changes that pages listen to.</summary>
internal static class LiveTopics
{
    public const string Events = "events";
    public const string Hosts = "hosts";
    public const string Functions = "functions";
    public const string Claims = "claims";
    public const string Policies = "policies";
    public const string Rollouts = "rollouts";
    public const string Attestations = "attestations";
    public const string Tokens = "tokens";

    public static readonly IReadOnlyList<string> All = [Events, Hosts, Functions, Claims, Policies, Rollouts, Attestations, Tokens];
}
