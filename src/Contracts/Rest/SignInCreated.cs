namespace Fleet.Contracts;

/// <summary>A link that signs in; the only answer that ever carries it.</summary>
/// <param name="Url">The link. Whoever opens it first is signed in.</param>
/// <param name="Role">As what.</param>
/// <param name="Name">Whom.</param>
/// <param name="Expires">Until when it works.</param>
public sealed record SignInCreated(string Url, string Role, string Name, DateTimeOffset Expires);
