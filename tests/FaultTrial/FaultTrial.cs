using System.Diagnostics;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Testing;
using Fleet.Testing.Delivery;

namespace Fleet.FaultTrial;

/// <summary>
/// A real server and agents under a storm of events, and faults without end: kills of either side, links that are cut, slow, dead or closed, disks that
/// are full, a database that restarts. At the end everything is healed, the agents say goodbye, and the checker compares what they made with what the store holds.
/// </summary>
internal sealed class FaultTrial(TrialOptions options) : IAsyncDisposable
{
    private const int HostsAProgram = 3;
    private const int SlowBytes = 30_000;

#pragma warning disable CA5394 // Chooses faults; guards nothing.
    private readonly Random _random = new(options.Seed);
    private readonly Dictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];
    private readonly List<Child> _hosts = [];
    private readonly List<FaultyLink> _links = [];
    private SmallDisk _serverDisk = null!;
    private SmallDisk _hostDisk = null!;
    private readonly List<TrialServer> _servers = [];
    private PostgresCluster? _postgres;
    private RealAgent? _agent;

    private string Ledgers => Path.Combine(options.Place, "ledgers");

    public async Task<FaultReport> RunAsync()
    {
        long began = Stopwatch.GetTimestamp();
        await BuildAsync();
        int kills = 0;
        while (kills < options.Kills)
        {
            await PauseAsync(100, 900);
            if (_random.Next(2) is 0)
            {
                DisturbLink();
            }

            if (_random.Next(8) is 0)
            {
                await FillAsync(_random.Next(2) is 0 ? ("server's disk", _serverDisk) : ("host's disk", _hostDisk));
            }

            if (_postgres is not null && _random.Next(8) is 0)
            {
                await RestartDatabaseAsync();
            }

            await KillAsync(kills++);
        }

        if (_postgres is not null)
        {
            await RestartDatabaseAsync();
        }

        await FillAsync(("server's disk", _serverDisk));
        await FillAsync(("host's disk", _hostDisk));
        await EndAsync();
        IReadOnlyList<FleetEvent> stored = await _servers[0].EventsAsync();
        DeliveryVerdict verdict = DeliveryCheck.Run([.. Made(), .. _agent?.Made ?? []], stored, e => _agent is null ? null : RealAgent.StreamOf(e));
        await Task.WhenAll(_servers.Select(server => server.Child.StopAsync(TimeSpan.FromSeconds(40))));
        return new FaultReport
        {
            Seed = options.Seed,
            Store = options.Postgres ? "two servers on PostgreSQL" : "sqlite",
            Faults = _faults.OrderBy(f => f.Key, StringComparer.Ordinal).ToDictionary(),
            Seconds = Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 1),
            Verdict = verdict,
            Wrong = _wrong,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _hosts.ForEach(host => host.Dispose());
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _servers.ForEach(server => server.Dispose());
        foreach (FaultyLink link in _links)
        {
            await link.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }

    private async Task BuildAsync()
    {
        Directory.CreateDirectory(Ledgers);
        _serverDisk = new SmallDisk(Path.Combine(options.Place, "server"), 400);
        _hostDisk = new SmallDisk(Path.Combine(options.Place, "hosts-0"), 24);
        await StartServersAsync();
        string token = await _servers[0].TokenAsync(100);
        for (int i = 0; i < options.Programs; i++)
        {
            string names = string.Join(',', Enumerable.Range(0, HostsAProgram).Select(n => string.Create(CultureInfo.InvariantCulture, $"host-{i}{n}")));
            Child host = new(
                $"hosts-{i}", Log($"hosts-{i}"), Environment.ProcessPath!, "host", Path.Combine(options.Place, $"hosts-{i}"), Ledgers, names,
                Addresses(), token, string.Create(CultureInfo.InvariantCulture, $"{options.Seed + (i * 100)}"));
            host.Start();
            _hosts.Add(host);
        }

        if (options.Agent is not null)
        {
            await StartAgentAsync(token);
        }

        // Joining on a full disk ends an agent, with a word about it: here it is events that are put to the test.
        await WaitFor.TrueAsync(() => Identities().All(File.Exists), TimeSpan.FromMinutes(2), "every host has joined");
    }

    private IEnumerable<string> Identities() =>
        from program in Enumerable.Range(0, options.Programs)
        from host in Enumerable.Range(0, HostsAProgram)
        select Path.Combine(options.Place, $"hosts-{program}", $"host-{program}{host}", "identity", "current.json");

    private async Task StartServersAsync()
    {
        string[] database = [];
        if (options.Postgres)
        {
            _postgres = await PostgresCluster.StartAsync(durable: true);
            database = ["--database", await _postgres.CreateDatabaseAsync("fleet")];
        }

        _servers.Add(new TrialServer("server", options.Server, _serverDisk.Path, Log("server"), database));
        await _servers[0].StartAsync();
        if (!options.Postgres)
        {
            return;
        }

        // Servers of one database have the same keys.
        string second = Path.Combine(options.Place, "server-2");
        Directory.CreateDirectory(second);
        using (Process copy = Process.Start("cp", ["-a", _serverDisk.Path + "/.", second]))
        {
            await copy.WaitForExitAsync();
        }

        _servers.Add(new TrialServer("server-2", options.Server, second, Log("server-2"), database));
        await _servers[1].StartAsync();
    }

    private async Task RestartDatabaseAsync()
    {
        Count("restart PostgreSQL");
        // As an administrator does, or as a power cut would.
        await _postgres!.StopAsync(_random.Next(2) is 0 ? "INT" : "QUIT");
        await PauseAsync(500, 3_000);
        await _postgres.StartAsync();
    }

    private async Task StartAgentAsync(string token)
    {
        string run = Path.Combine(options.Place, "run");
        Child child = new(
            "fleet-agent", Log("fleet-agent"), options.Agent!, "run", "--server", Addresses(), "--token", token, "--data", Path.Combine(options.Place, "agent"),
            "--run", run, "--no-mirror", "--read-only");
        child.Start();
        string socket = Path.Combine(run, "agent.sock");
        await WaitFor.TrueAsync(() => File.Exists(socket) || !child.Runs, TimeSpan.FromMinutes(1), "fleet-agent answers");
        if (!child.Runs)
        {
            _wrong.Add($"fleet-agent does not start here: see {Log("fleet-agent")}");
            return;
        }

        _agent = new RealAgent(child, socket);
        _agent.Begin();
    }

    private async Task KillAsync(int number)
    {
        // The first three are one of each, so that even a short trial has them all.
        int which = number < 3 ? number : _random.Next(20) switch { < 8 => 0, < 17 => 1, _ => 2 };
        if (which is 0)
        {
            TrialServer server = _servers[_random.Next(_servers.Count)];
            Count("kill server");
            await server.Child.KillAsync();
            // Where another server is left the agents have time to fail over to it.
            await PauseAsync(0, _servers.Count > 1 ? 4_000 : 500);
            await server.StartAsync();
            return;
        }

        Child victim = which is 2 && _agent is not null ? _agent.Child : _hosts[_random.Next(_hosts.Count)];
        if (!victim.Runs)
        {
            _wrong.Add($"{victim.Name} had ended by itself with {victim.Exit}");
        }

        Count(victim == _agent?.Child ? "kill fleet-agent" : "kill hosts");
        await victim.KillAsync();
        await PauseAsync(0, 300);
        victim.Start();
    }

    private void DisturbLink()
    {
        FaultyLink link = _links[_random.Next(_links.Count)];
        int lasts = _random.Next(200, 2_500);
        switch (_random.Next(4))
        {
            case 0:
                Count("cut link");
                link.Cut();
                return;
            case 1:
                Count("slow link");
                link.Slow(SlowBytes);
                break;
            case 2:
                Count("stalled link");
                link.Stall();
                break;
            default:
                Count("closed link");
                link.Refuse();
                break;
        }

        _ = HealLaterAsync(link, lasts);
    }

    private static async Task HealLaterAsync(FaultyLink link, int milliseconds)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);
        link.Heal();
    }

    private async Task FillAsync((string Name, SmallDisk Disk) full)
    {
        if (!full.Disk.CanFill)
        {
            return;
        }

        Count("full " + full.Name);
        full.Disk.Fill();
        await PauseAsync(1_000, 3_000);
        full.Disk.Free();
    }

    private async Task EndAsync()
    {
        _links.ForEach(link => link.Heal());
        if (_agent is not null)
        {
            await _agent.StopClaimingAsync();
        }

        Child[] all = [.. _hosts, .. _agent is null ? [] : new[] { _agent.Child }];
        await Task.WhenAll(all.Select(async child =>
        {
            if (!await child.StopAsync(TimeSpan.FromMinutes(3)) || child.Exit is not 0)
            {
                _wrong.Add($"{child.Name} did not stop as it should ({child.Exit})");
            }
        }));
        if (_agent is not null)
        {
            await DeliverTheRestAsync(_agent);
        }
    }

    // What the agent had not delivered within its stop waits in its spool for the next start.
    private static async Task DeliverTheRestAsync(RealAgent agent)
    {
        agent.Child.Start();
        await WaitFor.TrueAsync(agent.HasDeliveredAsync, TimeSpan.FromMinutes(2), "fleet-agent has delivered everything");
        await agent.Child.StopAsync(TimeSpan.FromSeconds(40));
    }

    private IEnumerable<MadeEvent> Made() =>
        Directory.GetFiles(Ledgers).SelectMany(file => Ledger.Read(file, Path.GetFileNameWithoutExtension(file)));

    private string Log(string name) => Path.Combine(options.Place, name + ".log");

    // A link of its own to each server, for each who asks.
    private string Addresses() => string.Join(',', _servers.Select(server =>
    {
        FaultyLink link = new(server.Agents);
        _links.Add(link);
        return $"https://127.0.0.1:{link.Port}";
    }));

    private void Count(string fault) => _faults[fault] = _faults.GetValueOrDefault(fault) + 1;

    private Task PauseAsync(int least, int most) => Task.Delay(TimeSpan.FromMilliseconds(_random.Next(least, most)), TimeProvider.System);
#pragma warning restore CA5394
}
