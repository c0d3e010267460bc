namespace Fleet.Simulator.Load;

/// <summary>What a load run came to. Times in milliseconds.</summary>
internal sealed record LoadReport
{
    public required string Scenario { get; init; }

    public required int Hosts { get; init; }

    public double Seconds { get; init; }

    /// <summary>Hosts connected at the end.</summary>
    public required long Connected { get; init; }

    public required long Connections { get; init; }

    public required long Enrolled { get; init; }

    public required IReadOnlyDictionary<string, long> Refused { get; init; }

    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    public required long EventsProduced { get; init; }

    public required long EventsAcknowledged { get; init; }

    public required long EventsLost { get; init; }

    /// <summary>Events that still waited when the run ended.</summary>
    public required long EventsWaiting { get; init; }

    public required long Attestations { get; init; }

    public required Spread Join { get; init; }

    public required Spread Connect { get; init; }

    /// <summary>Batch sent → acknowledged.</summary>
    public required Spread Acknowledge { get; init; }

    /// <summary>Event made → acknowledged.</summary>
    public required Spread Stored { get; init; }

    /// <summary>Event made → read from the REST stream.</summary>
    public required Spread Visible { get; init; }

    /// <summary>Until all hosts were connected for the first time; null when they never were.</summary>
    public double? ReadySeconds { get; init; }

    /// <summary>Reconnect, storm, flapping: from the network's return, the burst or the last drop until all hosts were connected and what had gathered was gone; null when that was not reached.</summary>
    public double? SettledSeconds { get; init; }

    /// <summary>Flapping: how often a host dropped.</summary>
    public long Drops { get; init; }

    /// <summary>What operators saw; null without --api.</summary>
    public Operators? Api { get; init; }

    /// <summary>It was told to stop before its end; nothing was judged.</summary>
    public bool Stopped { get; init; }

    /// <summary>What was to hold at the end, and whether it did.</summary>
    public IReadOnlyList<LoadPromise> Promises { get; init; } = [];

    /// <summary>Whether the scenario ended as it should.</summary>
    public bool Sound => !Stopped && Promises.All(promise => promise.Held);

    /// <summary>What hosts and operators have counted until now.</summary>
    public static LoadReport Of(LoadOptions options, LoadFleet fleet, ServerApi? api)
    {
        LoadCounters now = fleet.Counters;
        return new LoadReport
        {
            Scenario = options.Scenario.ToString().ToLowerInvariant(),
            Hosts = options.Hosts,
            Connected = now.Connected,
            Connections = now.Connections,
            Enrolled = now.Enrolled,
            Refused = now.Refusals,
            Errors = now.Errors,
            EventsProduced = now.Produced,
            EventsAcknowledged = now.Acknowledged,
            EventsLost = now.Lost,
            EventsWaiting = fleet.Hosts.Sum(host => (long)host.Spool.Count),
            Attestations = now.Attested,
            Join = Spread.Of(now.Joining),
            Connect = Spread.Of(now.Connecting),
            Acknowledge = Spread.Of(now.Acknowledging),
            Stored = Spread.Of(now.Stored),
            Visible = Spread.Of(now.Visible),
            Api = api is null ? null : Operators.Of(api),
        };
    }

    internal sealed record Spread(long Count, double P50, double P95, double P99)
    {
        public static Spread Of(Histogram histogram) => new(
            histogram.Count, Round(histogram.Percentile(0.5)), Round(histogram.Percentile(0.95)), Round(histogram.Percentile(0.99)));

        private static double Round(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
    }

    internal sealed record Operators(long Requests, long Failures, string? LastFailure, double P50, double P95, double P99, int MostSilent, IReadOnlyDictionary<string, int> States)
    {
        public static Operators Of(ServerApi api)
        {
            Spread spread = Spread.Of(api.Answers);
            return new Operators(spread.Count, api.Failures, api.LastFailure, spread.P50, spread.P95, spread.P99, api.MostSilent, api.States);
        }
    }
}
