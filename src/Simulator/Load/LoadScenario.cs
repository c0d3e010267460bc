namespace Fleet.Simulator.Load;

/// <summary>What is made to happen to the server.</summary>
internal enum LoadScenario
{
    /// <summary>Hosts are there and make events at a rate.</summary>
    Steady,

    /// <summary>New hosts join, as fast as the ramp lets them.</summary>
    Enrol,

    /// <summary>All hosts are cut off at once, and come back after an outage.</summary>
    Reconnect,

    /// <summary>Every host makes a burst of events at once.</summary>
    Storm,

    /// <summary>Some hosts drop and come back again and again.</summary>
    Flapping,

    /// <summary>The hosts' clocks are wrong.</summary>
    Skew,

    /// <summary>Hosts are clones of each other: they share machine ids.</summary>
    Duplicates,
}
