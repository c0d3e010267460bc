namespace Fleet.Contracts;

/// <summary>A write into a mailbox that did not come by its queue.</summary>
/// <param name="Time">When; the last one of several.</param>
/// <param name="Caller">Who, if that is known.</param>
/// <param name="Sensor">How it was seen: "broker" for an access that passed through an intercept, else the sensor's name.</param>
/// <param name="Count">How often, at least 1.</param>
public sealed record RecordedIntrusion(DateTimeOffset Time, Caller? Caller, string Sensor, long Count);
