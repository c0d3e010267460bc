using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Policy;

namespace Fleet.Agent.Metrics;

/// <summary>The metrics of every host in this process, each sample with its host. Values are read when somebody scrapes.</summary>
internal sealed class AgentMetrics : IDisposable
{
    public const string MeterName = "Fleet.Agent";
    private static readonly string[] MailboxStates = ["free", "busy", "quarantined", "observed", "unreadable"];
    private static readonly string[] KnownOutcomes = ["ok", "timeout"];

    private readonly ConcurrentDictionary<AgentHost, string> _hosts = new();
    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _exchange;
    private readonly Histogram<double> _wait;

    public AgentMetrics()
    {
        InstrumentAdvice<double> buckets = new() { HistogramBucketBoundaries = DurationHistogram.Bounds };
        _exchange = _meter.CreateHistogram("pcifleet_doe_exchange", "s", "Time of an exchange from its first register to its last.", null, buckets);
        _wait = _meter.CreateHistogram("pcifleet_doe_wait", "s", "Time an exchange waited for its mailbox.", null, buckets);
        Counter("pcifleet_accesses", "Accesses by operation and decision.", Accesses);
        Counter("pcifleet_claim_conflicts", "Accesses that met a foreign claim.", Conflicts);
        Counter("pcifleet_doe_exchanges", "Exchanges by feature and outcome.", Exchanges);
        Counter("pcifleet_mailbox_faults", "What went wrong at mailboxes.", h => h.Broker.Counters.Faults.Select(f => Sample(h, f.Value, ("fault", f.Key))));
        Counter("pcifleet_events_lost", "Events that never reached the spool.", h => h.Spool.Lost.Select(l => Sample(h, l.Value, ("reason", l.Key))));
        Counter("pcifleet_events_merged", "Contention events whose count another one carries, because room was short.", h => [Sample(h, h.Spool.Merged)]);
        Gauge("pcifleet_spool_bytes", "Bytes of the events that wait for the server's acknowledgement.", h => [Sample(h, h.Spool.Bytes)]);
        Gauge("pcifleet_spool_writable", "0 while the disk does not take events.", h => [Sample(h, h.Spool.Trouble is null ? 1 : 0)]);
        Counter("pcifleet_bypasses", "Accesses that went around the broker, as sensors saw them.", h => [Sample(h, h.Broker.Bypasses.Count)]);
        Counter("pcifleet_sensor_lost", "What sensors could not keep up with.", h => h.SensorsLost.Select(l => Sample(h, l.Value, ("sensor", l.Key))));
        Gauge("pcifleet_sensor_works", "1 for a sensor that saw at start what it was made to see.", h => h.Facts.Sensors.Select(s => Sample(h, s.Works ? 1 : 0, ("sensor", s.Name))));
        Gauge("pcifleet_claims", "Claims in force.", Claims);
        Gauge("pcifleet_mailboxes", "DOE mailboxes by state.", Mailboxes);
        Gauge("pcifleet_doe_queue_depth", "Exchanges that wait for a mailbox.", h => [Sample(h, h.Broker.Counters.Waiting)]);
        Gauge("pcifleet_events_spooled", "Events that wait for the server's acknowledgement.", h => [Sample(h, h.Spool.Count)]);
        Gauge("pcifleet_uplink_connected", "1 while the server has answered the hello of a standing connection.", h => [Sample(h, h.Connected ? 1 : 0)]);
        Counter("pcifleet_attestations", "Attestations that the server asked for and the agent ended, by how they did.", Attestations);
        Counter("pcifleet_evidence_lost", "Evidence that could not be read from the agent's disk again.", h => [Sample(h, h.Attestations.Spool.Lost)]);
        Counter(
            "pcifleet_evidence_refused", "Attestations that were not begun because evidence has no room: as much waits as may, or the disk is full.",
            h => h.Attestations.Spool.Refused.Select(r => Sample(h, r.Value, ("reason", KebabCase(r.Key.ToString())))));
        Gauge("pcifleet_evidence_bytes", "Bytes of evidence that waits for the server's acknowledgement.", h => [Sample(h, h.Attestations.Spool.Bytes)]);
        Gauge("pcifleet_evidence_waiting", "Evidence that waits for the server's acknowledgement.", h => [Sample(h, h.Attestations.Spool.Count)]);
        _meter.CreateObservableGauge(
            "pcifleet_policy_revision_applied_timestamp", () => All(Applied), "s", "When the revision in force was put in force.");
    }

    /// <summary>Shows a host until the result is disposed.</summary>
    public IDisposable Add(AgentHost host)
    {
        KeyValuePair<string, object?> tag = new("host", host.Facts.Name);
        _hosts[host] = host.Facts.Name;
        void Exchange(TimeSpan duration) => _exchange.Record(duration.TotalSeconds, tag);
        void Wait(TimeSpan duration) => _wait.Record(duration.TotalSeconds, tag);
        host.Broker.Counters.ExchangeTimes.Observed += Exchange;
        host.Broker.Counters.Waits.Observed += Wait;
        return new Registration(() =>
        {
            _hosts.TryRemove(host, out _);
            host.Broker.Counters.ExchangeTimes.Observed -= Exchange;
            host.Broker.Counters.Waits.Observed -= Wait;
        });
    }

    public void Dispose() => _meter.Dispose();

    private static string Label(Decision decision) => decision switch
    {
        Decision.WouldRefuse => "would-refuse",
        Decision.ReadOnly => "read-only",
        _ => decision.ToString().ToLowerInvariant(),
    };

    // What an agent does has a name; Unknown is for readers of what others did.
    private static IEnumerable<T> Known<T>()
        where T : struct, Enum => Enum.GetValues<T>().Where(value => value.ToString() is not nameof(Decision.Unknown));

    private static IEnumerable<Measurement<long>> Accesses(AgentHost host) =>
        from operation in Known<AccessOperation>()
        from decision in Known<Decision>()
        select Sample(
            host, host.Broker.Counters.Accesses(operation, decision), ("operation", operation.ToString().ToLowerInvariant()), ("decision", Label(decision)));

    private static IEnumerable<Measurement<long>> Conflicts(AgentHost host) =>
        from region in Enum.GetValues<RegionKind>()
        from decision in Known<Decision>()
        select Sample(host, host.Broker.Counters.Conflicts(region, decision), ("region", region.ToString().ToLowerInvariant()), ("decision", Label(decision)));

    private static IEnumerable<Measurement<long>> Exchanges(AgentHost host)
    {
        IReadOnlyList<ExchangeCount> counts = host.Broker.Counters.Exchanges();
        IEnumerable<ExchangeCount> known = KnownOutcomes
            .Where(outcome => !counts.Any(c => c.Feature is "0001:00" && c.Outcome == outcome))
            .Select(outcome => new ExchangeCount("0001:00", outcome, 0));
        return counts.Concat(known).Select(c => Sample(host, c.Count, ("feature", c.Feature), ("outcome", c.Outcome)));
    }

    private static IEnumerable<Measurement<long>> Claims(AgentHost host)
    {
        ILookup<ClaimSource, ClaimFacts> claims = host.Claims().ToLookup(c => c.Source);
        return Known<ClaimSource>().Select(s => Sample(host, claims[s].Count(), ("source", s.ToString().ToLowerInvariant())));
    }

    private static IEnumerable<Measurement<long>> Mailboxes(AgentHost host)
    {
        ILookup<string, MailboxFacts> mailboxes = host.Broker.Functions.SelectMany(f => f.Facts.Mailboxes).ToLookup(m => m.State);
        return MailboxStates.Union(mailboxes.Select(g => g.Key)).Select(s => Sample(host, mailboxes[s].Count(), ("state", s)));
    }

    private static IEnumerable<Measurement<long>> Attestations(AgentHost host) =>
        Known<EvidenceEnd>().Select(end => Sample(host, host.Attestations.Ends.GetValueOrDefault(end), ("end", KebabCase(end.ToString()))));

    private static string KebabCase(string name) =>
        string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static IEnumerable<Measurement<long>> Applied(AgentHost host) =>
        host.Assignments.Applied.Select(p => Sample(host, p.AppliedAt.ToUnixTimeSeconds(), ("policy", p.Name)));

    private static Measurement<long> Sample(AgentHost host, long value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        KeyValuePair<string, object?>[] tags = new KeyValuePair<string, object?>[labels.Length + 1];
        tags[0] = new("host", host.Facts.Name);
        for (int i = 0; i < labels.Length; i++)
        {
            tags[i + 1] = new(labels[i].Name, labels[i].Value);
        }

        return new Measurement<long>(value, tags);
    }

    private void Counter(string name, string help, Func<AgentHost, IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, () => All(read), null, help);

    private void Gauge(string name, string help, Func<AgentHost, IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, () => All(read), null, help);

    private IEnumerable<Measurement<long>> All(Func<AgentHost, IEnumerable<Measurement<long>>> read) => _hosts.Keys.SelectMany(read);

    private sealed class Registration(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
