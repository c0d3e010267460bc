using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Fleet.Contracts;
using Fleet.Server.Data.Events;

namespace Fleet.Server.Live;

/// <summary>The counters that ingest feeds. Labels come from agents, so each is taken from a known set or becomes "other".</summary>
internal sealed class FleetMetrics
{
    public const string MeterName = "Fleet.Server";
    private const string Other = "other";
    private const string None = "none";
    private const int MostFeatures = 64;
    private readonly Counter<long> _events;
    private readonly Counter<long> _contention;
    private readonly HashSet<string> _features = [None, "0001:00", "0001:01", "0001:02"];

    public FleetMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _events = Meter.CreateCounter<long>("pcifleet_ingest_events", description: "Events stored, by kind");
        _contention = Meter.CreateCounter<long>(
            "pcifleet_mailbox_contention", description: "Contention events stored, by DOE feature (none: an access outside any exchange) and decision");
    }

    public Meter Meter { get; }

    /// <summary>Makes every known label set appear as 0; once, when somebody listens.</summary>
    public void Begin()
    {
        foreach (string kind in EventKinds.All)
        {
            _events.Add(0, new KeyValuePair<string, object?>("kind", kind));
        }

        foreach (string decision in WireNames.All<Decision>())
        {
            foreach (string feature in _features)
            {
                _contention.Add(0, new("feature", feature), new("decision", decision));
            }
        }
    }

    /// <summary>Counts events that were stored. One thread at a time: the writer's.</summary>
    public void Ingested(IReadOnlyList<FleetEvent> events)
    {
        // A counter looks its labels up at each addition, so a group is added up before.
        Dictionary<string, long> kinds = [];
        Dictionary<(string? Feature, Decision? Decision), long> contention = [];
        foreach (FleetEvent fleetEvent in events)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(kinds, fleetEvent.Kind, out _)++;
            if (ContentionSums.IsContention(fleetEvent.Kind))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(contention, (fleetEvent.Feature, fleetEvent.Decision), out _) += fleetEvent.Count;
            }
        }

        foreach ((string kind, long count) in kinds)
        {
            _events.Add(count, new KeyValuePair<string, object?>("kind", EventKinds.All.Contains(kind) ? kind : Other));
        }

        foreach (((string? feature, Decision? decision), long count) in contention)
        {
            _contention.Add(count, new("feature", Feature(feature)), new("decision", WireNames.Of(decision) ?? None));
        }
    }

    private string Feature(string? feature)
    {
        if (feature is null)
        {
            return None;
        }

        bool known = _features.Contains(feature) || (feature.Length is 7 && feature[4] is ':' && _features.Count < MostFeatures && _features.Add(feature));
        return known ? feature : Other;
    }
}
