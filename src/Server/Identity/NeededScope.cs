namespace Fleet.Server.Identity;

/// <summary>On an endpoint: the scope that it needs.</summary>
internal sealed record NeededScope(string Name);
