namespace Fleet.Contracts;

/// <summary>A process that accessed a function, as it was when it opened the function's file.</summary>
public sealed record Caller
{
    /// <summary>Process id (the thread group's) in the host's pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Start time in clock ticks since boot; with Pid it names one process for ever.</summary>
    public ulong StartTime { get; init; }

    /// <summary>The session it belongs to (its leader's process id); null if it could not be read.</summary>
    public int? SessionId { get; init; }

    /// <summary>Effective user id of the access.</summary>
    public uint Uid { get; init; }

    /// <summary>The user who logged in, which sudo does not change; null if none.</summary>
    public uint? LoginUid { get; init; }

    /// <summary>The kernel's name of the process, at most 15 characters.</summary>
    public required string Comm { get; init; }

    /// <summary>Path of the executable; empty if it could not be read.</summary>
    public string Exe { get; init => field = value ?? ""; } = "";

    /// <summary>SHA-256 of the executable, 64 lower-case hexadecimal digits; null if it could not be read.</summary>
    public string? ExeHash { get; init; }

    /// <summary>The systemd unit, if the process belongs to one.</summary>
    public string? Unit { get; init; }

    /// <summary>The container's id, if the process belongs to one.</summary>
    public string? Container { get; init; }
}
