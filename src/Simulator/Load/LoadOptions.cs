using Fleet.Simulator.Hardware.Hosts;

namespace Fleet.Simulator.Load;

/// <summary>What a load run is told.</summary>
internal sealed record LoadOptions
{
    /// <summary>Where agents come in; each host has them in an order of its own, as an agent does.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>Needed for hosts that have not joined; null where one can be asked of the server.</summary>
    public string? Token { get; init; }

    public required string DataDirectory { get; init; }

    public required int Hosts { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Over how long the hosts come.</summary>
    public TimeSpan Ramp { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the scenario goes on once the hosts are there.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events a second, all hosts together.</summary>
    public double Rate { get; init; }

    public HostKind Profile { get; init; } = HostKind.Small;

    public LoadScenario Scenario { get; init; } = LoadScenario.Steady;

    /// <summary>Reconnect: how long the hosts are cut off.</summary>
    public TimeSpan Outage { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Reconnect: how much faster than the clock the outage passes.</summary>
    public double Compression { get; init; } = 360;

    /// <summary>Reconnect and storm: events that each host makes at once.</summary>
    public int Burst { get; init; } = 20;

    /// <summary>Flapping: what part of the hosts drops again and again.</summary>
    public double Share { get; init; } = 0.1;

    /// <summary>Skew: the clocks are off by up to so much, either way.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Duplicates: how many hosts share one machine id.</summary>
    public int Clones { get; init; } = 2;

    /// <summary>Events that a host keeps at most while they are not acknowledged.</summary>
    public int SpoolBound { get; init; } = 20_000;

    /// <summary>Whether mailboxes speak SPDM, so that the server attests the functions.</summary>
    public bool Attest { get; init; }

    /// <summary>Where operators come in; null to look at nothing from there.</summary>
    public Uri? Api { get; init; }

    public string? ApiToken { get; init; }

    public string? LedgerFile { get; init; }
}
