namespace Fleet.Spdm.Requesting;

/// <summary>What a run may cost at most; a device that needs more stays unattested.</summary>
public sealed record PlanBudget
{
    /// <summary>Busy and ResponseNotReady answers in all.</summary>
    public int Delays { get; init; } = 8;

    /// <summary>Waiting that the responder asked for, in all.</summary>
    public TimeSpan Waiting { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before a request is sent again after Busy; it doubles each time.</summary>
    public TimeSpan BusyDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Exchanges in all, fetches of chunks included.</summary>
    public int Exchanges { get; init; } = 1024;

    /// <summary>Bytes received in all.</summary>
    public int Bytes { get; init; } = 1 << 20;
}
