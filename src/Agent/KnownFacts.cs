using Fleet.Agent.Intercepts;
using Fleet.Agent.Sensors;
using Fleet.Contracts;

namespace Fleet.Agent;

/// <summary>What is known of the host: what the hardware says, with what the agent can do there. Read anew whenever something changed.</summary>
internal sealed class KnownFacts(AgentOptions options, IHardware hardware, TimeProvider time)
{
    private readonly List<string> _reduced = [];
    private volatile HostFacts? _now;

    /// <summary>As they were read last.</summary>
    public HostFacts Now => _now!;

    /// <summary>Set once they stand.</summary>
    public HostSensors? Sensors { get; set; }

    /// <summary>Set once they stand.</summary>
    public InterceptSet? Intercepts { get; set; }

    /// <summary>Something that was asked for and cannot be done here.</summary>
    public void Reduce(string what) => _reduced.Add(what);

    /// <summary>Reads them; a change of what the kernel allows is told, where there is somebody to tell.</summary>
    public void Read(HostEvents? events = null) => Take(hardware.ReadFacts(), events);

    /// <summary>Takes what was just read.</summary>
    public void Take(HostFacts read, HostEvents? events)
    {
        HostFacts facts = read with
        {
            Intercept = Describe(Intercepts?.Level),
            Mode = options.Ceiling,
            Sensors = Sensors?.Reports ?? [],
            Reduced = [.. read.Reduced, .. Intercepts?.Reduced ?? [], .. _reduced],
        };
        if (_now is { } before && events is not null && (before.Lockdown != facts.Lockdown || before.Tainted != facts.Tainted))
        {
            events.Publish(new FleetEvent
            {
                Time = time.GetUtcNow(),
                Kind = EventKinds.HostState,
                Detail = $"Kernel lockdown is '{facts.Lockdown}' (was '{before.Lockdown}'), taint {facts.Tainted} (was {before.Tainted}).",
            });
        }

        _now = facts;
    }

    private static string Describe(InterceptLevel? level) => level switch
    {
        InterceptLevel.Bind => "bind",
        InterceptLevel.Mirror => "mirror",
        _ => "none",
    };
}
