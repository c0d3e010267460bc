using System.Diagnostics.Metrics;
using System.Reflection;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Hosting;
using Fleet.Server.Live;

namespace Fleet.Server.Metrics;

/// <summary>What is read when somebody scrapes. No host, address or process appears in a label: those are unbounded.</summary>
internal sealed class FleetGauges
{
    private static readonly string[] MailboxStates = ["free", "busy", "quarantined", "observed", "unreadable"];
    private readonly HostDirectory _directory;
    private readonly HostPresence _presence;

    public FleetGauges(FleetMetrics metrics, HostDirectory directory, HostPresence presence, MachineKin kin, FleetViews views, EventWriter writer, IEventStore store, DatabaseHealth database, AgentPlaces places)
    {
        _directory = directory;
        _presence = presence;
        Meter meter = metrics.Meter;
        meter.CreateObservableGauge("pcifleet_hosts", Hosts, description: "Hosts by state");
        meter.CreateObservableGauge(
            "pcifleet_duplicate_machine_id_hosts", kin.Twins, description: "Hosts that share their machine id with another that is there at the same time");
        meter.CreateObservableGauge(
            "pcifleet_connected_twice_hosts", views.ConnectedTwice, description: "Hosts whose key two machines used in turns within the last hour");
        meter.CreateObservableGauge("pcifleet_functions", () => directory.Hosts.Sum(host => host.Functions.Count), description: "PCI functions known");
        meter.CreateObservableGauge("pcifleet_mailboxes", Mailboxes, description: "DOE mailboxes by state");
        meter.CreateObservableGauge("pcifleet_agent_connections", () => presence.Connections, description: "Connections of agents");
        meter.CreateObservableGauge("pcifleet_agent_places", () => places.Most, description: "Connections of agents that the limit of open files leaves room for");
        meter.CreateObservableCounter(
            "pcifleet_agents_turned_away", () => places.TurnedAway, description: "Connections to the agents' port that were closed for want of room; those agents try again");
        meter.CreateObservableGauge("pcifleet_open_files", () => OpenFiles.Now, description: "Files and sockets that this process has open");
        meter.CreateObservableGauge(
            "pcifleet_ingest_working", () => writer.Trouble is null ? 1 : 0, description: "0 while events cannot be stored: agents keep theirs meanwhile");
        meter.CreateObservableGauge("pcifleet_database_up", () => database.Trouble is null ? 1 : 0, description: "0 while the database cannot be used; /healthz says why");
        meter.CreateObservableGauge("pcifleet_ingest_queue_depth", () => writer.Queued, description: "Batches of events that wait to be stored");
        meter.CreateObservableGauge(
            "pcifleet_ingest_lag_seconds", () => writer.Lag.TotalSeconds, description: "How long the oldest batch that is not stored has waited");
        meter.CreateObservableGauge("pcifleet_store_damaged", () => store.Damaged().Count, description: "Files of events that were found damaged and set aside");
        Measurement<int> build = new(1, new KeyValuePair<string, object?>("version", Version));
        meter.CreateObservableGauge("pcifleet_build_info", () => build, description: "The version that runs");
    }

    public static string Version { get; } =
        typeof(FleetGauges).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private IEnumerable<Measurement<int>> Hosts()
    {
        ILookup<string, HostRecord> hosts = _directory.Hosts.ToLookup(_presence.State);
        return HostStates.All.Select(state => new Measurement<int>(hosts[state].Count(), new KeyValuePair<string, object?>("state", state)));
    }

    private IEnumerable<Measurement<int>> Mailboxes()
    {
        // A state that this version does not know comes from an agent; it is counted, but under a name of ours.
        ILookup<string, string> states = _directory.Hosts.SelectMany(host => host.Functions).SelectMany(function => function.Mailboxes)
            .Select(mailbox => mailbox.State).ToLookup(state => MailboxStates.Contains(state) ? state : "other");
        return MailboxStates.Append("other").Select(state => new Measurement<int>(states[state].Count(), new KeyValuePair<string, object?>("state", state)));
    }
}
