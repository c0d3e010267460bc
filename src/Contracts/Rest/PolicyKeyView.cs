namespace Fleet.Contracts;

/// <summary>A key that signs assignments.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Name">The first 16 digits of its SHA-256, as agents' logs name it.</param>
/// <param name="State">"prepared", "activated" or "retired".</param>
/// <param name="Counts">Whether agents believe what it signs.</param>
/// <param name="Signs">Whether it is the one that signs now.</param>
/// <param name="Since">Since when it is in this state.</param>
public sealed record PolicyKeyView(int Number, string Name, string State, bool Counts, bool Signs, DateTimeOffset Since);
