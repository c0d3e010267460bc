namespace Fleet.Contracts;

/// <summary>An access that a sensor saw go around the broker.</summary>
/// <param name="Time">When, as far as the sensor knows.</param>
/// <param name="Sensor">The sensor's name.</param>
/// <param name="Operation">Read or write.</param>
/// <param name="Offset">First byte; null when the sensor cannot tell.</param>
/// <param name="Length">Length in bytes; null when the sensor cannot tell.</param>
/// <param name="Caller">Who; null when the sensor cannot tell.</param>
public sealed record LocalBypass(DateTimeOffset Time, string Sensor, AccessOperation Operation, int? Offset, int? Length, Caller? Caller);
