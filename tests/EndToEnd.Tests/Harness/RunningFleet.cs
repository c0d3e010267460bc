using Fleet.Client;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>One ./run with this host's agent and simulated hosts, shared by the tests that only look and poke.</summary>
public sealed class RunningFleet : IAsyncLifetime
{
    private const int SimulatedHosts = 4;
    private Daemon? _run;
    private HttpClient? _http;

    internal string Data { get; } = Places.NewData("run");

    internal RunEndpoints Endpoints { get; private set; } = null!;

    internal HttpClient Http => _http!;

    internal IFleetApi Api => new FleetApi(Http);

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/fuse"))
        {
            return;
        }

        string http = $"127.0.0.1:{Ports.Free()}";
        _run = Daemon.Start(
            Path.Combine(Places.Root, "run"),
            "--http", http, "--agents", $"127.0.0.1:{Ports.Free()}", "--data", Data, "--sim", $"{SimulatedHosts}");
        string endpoints = Path.Combine(Data, "endpoints.json");
        await _run.UntilAsync(() => File.Exists(endpoints), TimeSpan.FromMinutes(3), "endpoints.json was written");
        Endpoints = RunEndpoints.Read(endpoints);
        _http = Harness.Api.Connect(Endpoints.Dashboard, Data);
        await _run.UntilAsync(EveryHostIsThereAsync, TimeSpan.FromMinutes(1), "every host had reported its functions");
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }
    }

    /// <summary>Skips where ./run cannot make mirrors.</summary>
    internal void Need() => Places.NeedMounts();

    /// <summary>A simulated host's mailbox that the broker drives, with the directory that lspci takes as sysfs.path.</summary>
    internal async Task<(MailboxView Mailbox, string Mirror, HostEndpoint Host)> SimulatedMailboxAsync(int host = 0)
    {
        HostEndpoint endpoint = Endpoints.Simulated.Hosts[host];
        IReadOnlyList<MailboxView> mailboxes = await Harness.Api.AllAsync<MailboxView>(query => Api.ListMailboxesAsync(query), $"host:{endpoint.Name}");
        return (mailboxes[0], Path.Combine(Data, "sim", endpoint.Name, "pci"), endpoint);
    }

    /// <summary>Waits for a contention event that fits and answers it.</summary>
    internal async Task<FleetEvent> EventAsync(Func<FleetEvent, bool> fits, TimeSpan deadline)
    {
        FleetEvent? found = null;
        await WaitFor.TrueAsync(
            async () => (found = (await Api.ListEventsAsync(new ListQuery($"kind:{EventKinds.ContentionAccess}", null, 200))).Items.FirstOrDefault(fits)) is not null,
            deadline,
            "the event is in GET /api/v1/events");
        return found!;
    }

    private async Task<bool> EveryHostIsThereAsync()
    {
        IReadOnlyList<HostView> hosts = await Harness.Api.AllAsync<HostView>(query => Api.ListHostsAsync(query));
        return hosts.Count == SimulatedHosts + 1 && hosts.All(host => host.State == "live" && host.Facts is not null && host.Functions > 0);
    }
}
