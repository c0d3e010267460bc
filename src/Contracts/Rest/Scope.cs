namespace Fleet.Contracts;

/// <summary>A permission by its name.</summary>
/// <param name="Name">Its name, one of the constants of <see cref="Scopes"/>.</param>
/// <param name="Meaning">What it lets its bearer do, for people.</param>
public sealed record Scope(string Name, string Meaning);
