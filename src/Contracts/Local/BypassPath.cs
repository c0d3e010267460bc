namespace Fleet.Contracts;

/// <summary>A way around the broker, and how it stands with it on this host.</summary>
/// <param name="Name">The way ("files opened before", "other sysfs mounts").</param>
/// <param name="State">"closed": nobody can go it; "watched": a sensor sees who does; "open": nobody sees; "unknown": not found out.</param>
/// <param name="Detail">Why, one sentence or two.</param>
/// <param name="Found">Who or what stands there now, one line each.</param>
public sealed record BypassPath(string Name, string State, string Detail, IReadOnlyList<string> Found)
{
    /// <summary>Nobody can go it.</summary>
    public const string Closed = "closed";

    /// <summary>A sensor sees who does.</summary>
    public const string Watched = "watched";

    /// <summary>Nobody sees.</summary>
    public const string Open = "open";

    /// <summary>Not found out.</summary>
    public const string Unknown = "unknown";
}
