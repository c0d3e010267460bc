using Fleet.Agent.Intercepts;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;

namespace Fleet.Agent;

/// <summary>How tools come to the broker: the mirror, its binds over the kernel's files, and the guard before what lies around them.</summary>
internal sealed class WaysIn(AgentOptions options, IHardware hardware, KnownFacts facts, TimeProvider time, ILogger log) : IDisposable
{
    private InterceptSet? _intercepts;
    private AgentLossAction? _onAgentLoss;

    /// <summary>Where the mirror is; null when it is not served.</summary>
    public string? MirrorPath => _intercepts?.MirrorPath;

    public void Start(AgentHost host, HostInventory inventory, HostSensors sensors, HostEvents events)
    {
        facts.Intercepts = _intercepts = InterceptSet.Start(options, hardware, host.Broker, host.Hashes, events, time, log);
        inventory.Appeared = _intercepts.Cover;
        _intercepts.OnDeath(_onAgentLoss);
        StartGuard(host, sensors, events);
    }

    /// <summary>Covers what appeared, and lets go of what went.</summary>
    public void Sync() => _intercepts!.Sync();

    /// <summary>What policies want to become of the ways in when the agent dies.</summary>
    public void OnDeath(AgentLossAction? action)
    {
        _onAgentLoss = action;
        _intercepts?.OnDeath(action);
    }

    public void Dispose() => _intercepts?.Dispose();

    // Only behind binds: without them it would deny the tools that it is there to lead to the broker.
    private void StartGuard(AgentHost host, HostSensors sensors, HostEvents events)
    {
        if (!options.Guard)
        {
            return;
        }

        if (_intercepts!.Level is not InterceptLevel.Bind)
        {
            facts.Reduce("The guard (--guard) does not stand: nothing is bound over the config files, so it would deny every tool.");
            return;
        }

        bool Enforced(PciAddress address) =>
            host.Broker.TryGet(address, out BrokeredFunction? function) && function.Claims.Claims.Any(claim => claim.Facts.Mode is EnforcementMode.Enforce);
        if (hardware.CreateGuard(new SensorContext(host.Hashes, events.Publish, host.Broker.Quarantine), Enforced) is { } guard)
        {
            sensors.Start([guard]);
        }
    }
}
