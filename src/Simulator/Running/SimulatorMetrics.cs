using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Fleet.Simulator.Running;

/// <summary>What the simulated devices saw: with it a test can tell from outside that a refused write never reached one.</summary>
internal sealed class SimulatorMetrics : IDisposable
{
    public const string MeterName = "Fleet.Simulator";
    private readonly ConcurrentQueue<SimulatedHost> _hosts = new();
    private readonly Meter _meter = new(MeterName);

    public SimulatorMetrics() => _meter.CreateObservableCounter(
        "pcifleet_sim_config_writes", Writes, null, "Configuration write cycles that reached a simulated function.");

    public void Add(SimulatedHost host) => _hosts.Enqueue(host);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Writes() =>
        from host in _hosts
        from function in host.Hardware.Functions
        select new Measurement<long>(function.WriteCycles, new KeyValuePair<string, object?>("host", host.Name), new("function", function.Address.ToString()));
}
