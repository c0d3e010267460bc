using System.Globalization;
using Fleet.Agent;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Linux;
using Fleet.Agent.Metrics;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Scenarios;
using Fleet.Simulator.Spdm;
using Microsoft.Extensions.Logging;

namespace Fleet.Simulator.Running;

/// <summary>The simulated hosts of one process: their machines, their agents, one /metrics, and what is made to happen on them.</summary>
internal sealed class SimulatedFleet : IAsyncDisposable
{
    private readonly SimOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly AgentMetrics _metrics = new();
    private readonly SimulatorMetrics _simulatorMetrics = new();
    private readonly List<SimulatedHost> _hosts = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly VendorStore _vendors;
    private MetricsEndpoint? _endpoint;
    private Task _naming = Task.CompletedTask;

    private SimulatedFleet(SimOptions options, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _vendors = new VendorStore(AnchorsIn(options.DataDirectory), time);
        _log = log;
        Contention = new Contention(_hosts, time, log);
        Storm = new Storm(_hosts);
    }

    public IReadOnlyList<SimulatedHost> Hosts => _hosts;

    public Contention Contention { get; }

    public Storm Storm { get; }

    public Uri MetricsUrl => _endpoint!.Url;

    /// <summary>Ends with the first uplink that ends; an agent that cannot join ends it with its exception.</summary>
    public Task UplinkEnded => _options.Servers.Count is 0
        ? Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token)
        : Task.WhenAny(_hosts.Select(h => h.Agent.UplinkEnded)).Unwrap();

    /// <summary>Where the roots of the simulated vendors are, one anchor-VVVV.der each.</summary>
    public static string AnchorsIn(string dataDirectory) => Path.Combine(dataDirectory, "spdm");

    public static async Task<SimulatedFleet> StartAsync(SimOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken ct)
    {
        SimulatedFleet fleet = new(options, time, logs.CreateLogger("Fleet.Simulator"));
        try
        {
            fleet._endpoint = await MetricsEndpoint.StartAsync(options.Metrics, [AgentMetrics.MeterName, SimulatorMetrics.MeterName], ct);
            PciIds names = PciIds.Load(PciIds.DefaultPath);
            for (int number = 1; number <= options.Hosts; number++)
            {
                ct.ThrowIfCancellationRequested();
                fleet._hosts.Add(await fleet.StartHostAsync(number, names, logs, ct));
            }

            fleet.WriteEndpoints();
            fleet._naming = Task.Run(() => fleet.NameLedgersAsync(fleet._stopping.Token), CancellationToken.None);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        StopSteps stop = new(_time, _log);
        await _stopping.CancelAsync();
        await stop.DoAsync("the contention scenario", TimeSpan.FromSeconds(3), () => Contention.DisposeAsync().AsTask());
        await _naming;
        await Task.WhenAll(_hosts.Select(h => h.Agent.DisposeAsync().AsTask()));
        foreach (SimulatedHost host in _hosts)
        {
            host.Ledger.Dispose();
        }

        if (_endpoint is not null)
        {
            await stop.DoAsync("the metrics", TimeSpan.FromSeconds(4), () => _endpoint.DisposeAsync().AsTask());
        }

        File.Delete(EndpointsFile.PathIn(_options.DataDirectory));
        _metrics.Dispose();
        _simulatorMetrics.Dispose();
        _stopping.Dispose();
    }

    private async Task<SimulatedHost> StartHostAsync(int number, PciIds names, ILoggerFactory logs, CancellationToken ct)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"sim-{number:00}");
        IReadOnlyList<FunctionModel> functions = HostModel.Functions(_options.Model, number);
        _vendors.Prepare(functions);
        SimulatedHardware hardware = new(name, Path.Combine(_options.DataDirectory, "tree", name), functions, names, _time, _vendors);
        if (number == _options.Hosts)
        {
            SetFaults(hardware.Functions.Last(f => f.Mailboxes.Count > 0));
        }

        Ledger ledger = new(Path.Combine(_options.DataDirectory, "ledger", name + ".jsonl"));
        AgentOptions options = new()
        {
            DataDirectory = Path.Combine(_options.DataDirectory, "hosts", name),
            RunDirectory = Path.Combine(_options.RunDirectory, name),
            Servers = _options.Servers,
            Token = _options.Token,
            Ceiling = _options.Mode,
            Intercept = _options.Mirror ? InterceptLevel.Mirror : InterceptLevel.None,
            DriveMailboxes = true,
            MetricsUrl = MetricsUrl.ToString(),
            EventsSpooled = ledger.Add,
        };
        AgentHost agent = await AgentHost.StartAsync(options, hardware, _metrics, _time, logs, ct);
        SimulatedHost host = new(name, hardware, agent, ledger);
        _simulatorMetrics.Add(host);
        return host;
    }

    private void SetFaults(SimulatedFunction function)
    {
        function.ConfigFault = _options.ConfigFault;
        function.SetFault(function.Mailboxes[0], _options.Fault);
    }

    private void WriteEndpoints() => EndpointsFile.Write(_options.DataDirectory, MetricsUrl, _hosts);

    private async Task NameLedgersAsync(CancellationToken ct)
    {
        try
        {
            using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200), _time);
            while (await timer.WaitForNextTickAsync(ct))
            {
                foreach (SimulatedHost host in _hosts)
                {
                    if (host.Agent.Host is { } id)
                    {
                        host.Ledger.Name(id);
                    }
                }

                if (_hosts.All(h => h.Agent.Host is not null))
                {
                    WriteEndpoints();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping before every host has joined.
        }
    }
}
