namespace Fleet.Server.Identity;

/// <summary>On a request: why its credentials let nobody in.</summary>
internal sealed record CredentialRefusal(string Code, string Detail);
