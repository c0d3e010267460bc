using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Broker;

/// <summary>An access that reached a function around the broker, as a sensor saw it.</summary>
/// <param name="Time">When it happened, as far as the sensor knows.</param>
/// <param name="Sensor">The sensor's name ("kprobe").</param>
/// <param name="Function">The function it reached.</param>
/// <param name="Operation">Read or write; an open that allows writes counts as one.</param>
/// <param name="Offset">First byte; null when the sensor cannot see it.</param>
/// <param name="Length">Bytes; null when the sensor cannot see it.</param>
/// <param name="Caller">Who did it; null when the sensor cannot tell.</param>
public sealed record BypassAccess(
    DateTimeOffset Time, string Sensor, PciAddress Function, AccessOperation Operation, int? Offset, int? Length, Caller? Caller)
{
    /// <summary>True when the sensor stood in its way: it did not reach the function.</summary>
    public bool Denied { get; init; }

    /// <summary>Whether it may have touched one of these bytes: without an offset it may have touched any.</summary>
    public bool MayTouch(int offset, int length) =>
        !Denied && (Offset is not { } first || (first < (long)offset + length && (long)first + Math.Max(Length ?? 1, 1) > offset));
}
