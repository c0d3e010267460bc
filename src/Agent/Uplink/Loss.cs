namespace Fleet.Agent.Uplink;

/// <summary>Events that are gone for one reason.</summary>
internal readonly record struct Loss(long Count, DateTimeOffset First);
