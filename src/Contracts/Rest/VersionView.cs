namespace Fleet.Contracts;

/// <summary>What runs here and who asks.</summary>
/// <param name="Version">The server's version.</param>
/// <param name="Protocol">Version of the agents' protocol it speaks.</param>
/// <param name="Principal">The name the request was made under.</param>
/// <param name="Role">Its role ("viewer", "operator", "admin"); empty for an API token, which has scopes alone.</param>
/// <param name="Scopes">What it may do, names of <see cref="Contracts.Scopes"/>; null from a server that knew no scopes.</param>
public sealed record VersionView(string Version, int Protocol, string Principal, string Role, IReadOnlyList<string>? Scopes = null);
