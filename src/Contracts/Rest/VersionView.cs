namespace Fleet.Contracts;

/// <summary>What runs here and who asks.</summary>
/// <param name="Version">The server's version.</param>
/// <param name="Protocol">Version of the agents' protocol it speaks.</param>
/// <param name="Principal">The name the request was made under.</param>
/// <param name="Role">Its role ("viewer", "operator", "admin").</param>
public sealed record VersionView(string Version, int Protocol, string Principal, string Role);
