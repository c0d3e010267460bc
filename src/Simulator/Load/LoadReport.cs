namespace Fleet.Simulator.Load;

/// <summary>What a load run came to. Times in milliseconds.</summary>
internal sealed record LoadReport
{
    public required string Scenario { get; init; }

    public required int Hosts { get; init; }

    public required double Seconds { get; init; }

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

    /// <summary>Reconnect: from the network's return until all hosts were connected and nothing waited; null when that was not reached.</summary>
    public double? SettledSeconds { get; init; }

    /// <summary>Flapping: how often a host dropped.</summary>
    public long Drops { get; init; }

    /// <summary>Duplicates: hosts that the server flags as such.</summary>
    public int? DuplicatesFlagged { get; init; }

    /// <summary>What operators saw; null without --api.</summary>
    public Operators? Api { get; init; }

    /// <summary>Whether the scenario ended as it should.</summary>
    public required bool Sound { get; init; }

    internal sealed record Spread(long Count, double P50, double P95, double P99)
    {
        public static Spread Of(Histogram histogram) => new(
            histogram.Count, Round(histogram.Percentile(0.5)), Round(histogram.Percentile(0.95)), Round(histogram.Percentile(0.99)));

        private static double Round(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
    }

    internal sealed record Operators(long Requests, long Failures, string? LastFailure, double P50, double P95, double P99, int MostSilent, IReadOnlyDictionary<string, int> States);
}
