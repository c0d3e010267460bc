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
    private const string LostEvent = "event";
    private const string LostSighting = "sighting";
    private const int MostFeatures = 64;
    private readonly Counter<long> _events;
    private readonly Counter<long> _occurrences;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _contention;
    private readonly HashSet<string> _features = [None, "0001:00", "0001:01", "0001:02"];

    public FleetMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _events = Meter.CreateCounter<long>("pcifleet_ingest_events", description: "Events stored, by kind");
        _occurrences = Meter.CreateCounter<long>(
            "pcifleet_ingest_occurrences", description: "What the events stored stand for, by kind: repeats that an agent merged into one event count each");
        _lost = Meter.CreateCounter<long>(
            "pcifleet_ingest_lost", description: "What agents told is lost (event), or went by unseen (sighting: a sensor could not keep up); a loss of unknown size counts 1");
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
            _occurrences.Add(0, new KeyValuePair<string, object?>("kind", kind));
        }

        foreach (string what in (string[])[LostEvent, LostSighting])
        {
            _lost.Add(0, new KeyValuePair<string, object?>("what", what));
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
        Dictionary<string, (long Events, long Occurrences)> kinds = [];
        Dictionary<(string? Feature, Decision? Decision), long> contention = [];
        foreach (FleetEvent fleetEvent in events)
        {
            ref (long Events, long Occurrences) kind = ref CollectionsMarshal.GetValueRefOrAddDefault(kinds, fleetEvent.Kind, out _);
            kind = (kind.Events + 1, kind.Occurrences + fleetEvent.Count);
            if (fleetEvent.Kind == EventKinds.AgentLoss)
            {
                _lost.Add(fleetEvent.Count, new KeyValuePair<string, object?>("what", fleetEvent.Sensor is null ? LostEvent : LostSighting));
            }
            if (ContentionSums.IsContention(fleetEvent.Kind))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(contention, (fleetEvent.Feature, fleetEvent.Decision), out _) += fleetEvent.Count;
            }
        }

        foreach ((string name, (long count, long occurrences)) in kinds)
        {
            KeyValuePair<string, object?> kind = new("kind", EventKinds.All.Contains(name) ? name : Other);
            _events.Add(count, kind);
            _occurrences.Add(occurrences, kind);
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
