using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent.Uplink;

/// <summary>What contention events have in common that may become one when room is short: all but the process and the time.</summary>
internal sealed record MergeKey
{
    private MergeKey(FleetEvent e)
    {
        Kind = e.Kind;
        Function = e.Function;
        // A process whose executable could not be read is known by its name alone.
        Tool = e.Caller is not { } caller ? "" : caller.Exe.Length > 0 ? caller.Exe : caller.Comm;
        ToolHash = e.Caller?.ExeHash;
        Uid = e.Caller?.Uid;
        Unit = e.Caller?.Unit;
        Container = e.Caller?.Container;
        Operation = e.Operation;
        Offset = e.Offset;
        Length = e.Length;
        Decision = e.Decision;
        Claim = e.Claim;
        Sensor = e.Sensor;
        Feature = e.Feature;
    }

    public string Kind { get; }

    public PciAddress? Function { get; }

    public string Tool { get; }

    public string? ToolHash { get; }

    public uint? Uid { get; }

    public string? Unit { get; }

    public string? Container { get; }

    public AccessOperation? Operation { get; }

    public int? Offset { get; }

    public int? Length { get; }

    public Decision? Decision { get; }

    public ClaimReference? Claim { get; }

    public string? Sensor { get; }

    public string? Feature { get; }

    /// <summary>The key of an event; null when it may not be merged.</summary>
    public static MergeKey? Of(FleetEvent e) => IsContention(e) ? new MergeKey(e) : null;

    public static bool IsContention(FleetEvent e) =>
        e.Kind is EventKinds.ContentionAccess or EventKinds.ContentionExchange or EventKinds.ContentionBypass;

    /// <summary>One event for both: the later one's words, the sum of their counts, the longest of their waits, from the first to the last of them.</summary>
    public static FleetEvent Merge(FleetEvent merged, FleetEvent next)
    {
        DateTimeOffset first = Earlier(merged.First ?? merged.Time, next.First ?? next.Time);
        long? longest = merged.WaitedMilliseconds > next.WaitedMilliseconds ? merged.WaitedMilliseconds : next.WaitedMilliseconds ?? merged.WaitedMilliseconds;
        return next with { Count = merged.Count + next.Count, First = first, Time = merged.Time > next.Time ? merged.Time : next.Time, WaitedMilliseconds = longest };
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
