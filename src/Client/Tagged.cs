namespace Fleet.Client;

/// <summary>A thing and the strong tag of the version that was read; a change sends the tag back.</summary>
/// <param name="Value">The thing.</param>
/// <param name="ETag">Its tag with the quotes; empty when the server sent none.</param>
public sealed record Tagged<T>(T Value, string ETag);
