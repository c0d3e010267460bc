using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.Data.Sqlite;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>One simulated host with a real agent and its mirror, in a process of its own; without a server, so that its spool keeps every event.</summary>
internal sealed class SimulatedMachine : IAsyncDisposable
{
    private readonly Daemon _simulator;
    private readonly string _data;
    private readonly string _run;

    private SimulatedMachine(Daemon simulator, string data, string run)
    {
        _simulator = simulator;
        _data = data;
        _run = run;
    }

    /// <summary>The network adapter, whose mailbox echoes objects of a feature of its vendor.</summary>
    public static PciAddress Adapter { get; } = PciAddress.Parse("0000:02:00.0");

    public static int MailboxOffset => 0x1c0;

    /// <summary>The same mailbox as the local API is asked for it.</summary>
    public LocalMailbox Mailbox { get; } = new(Adapter, MailboxOffset);

    public string Mirror => Path.Combine(_run, "sim-01", "pci");

    /// <summary>The adapter's configuration space, as a tool opens it.</summary>
    public string Config => Path.Combine(Mirror, "devices", $"{Adapter}", "config");

    public static async Task<SimulatedMachine> StartAsync(string name, EnforcementMode mode, params string[] more)
    {
        string data = Places.NewData(name);
        string run = Directory.CreateTempSubdirectory("fleet-sim-").FullName;
        Daemon simulator = Daemon.Start(
            Places.Simulator, ["run", "--hosts", "1", "--data", data, "--run", run, "--mode", $"{mode}", .. more]);
        SimulatedMachine machine = new(simulator, data, run);
        // Written when all of it is up: the mirror is there a while before the local API is.
        string endpoints = Path.Combine(data, "sim-endpoints.json");
        await simulator.UntilAsync(() => File.Exists(endpoints) && File.Exists(machine.Config), TimeSpan.FromSeconds(60), "mirror and local API were there");
        return machine;
    }

    public LocalClient Connect() => new(Path.Combine(_run, "sim-01", "agent.sock"));

    /// <summary>Starts a tool that drives the adapter's mailbox by register.</summary>
    public Task<Output> DriveAsync(params string[] arguments) =>
        Shell.RunAsync(TimeSpan.FromMinutes(4), Places.DoeTool, [Config, $"{MailboxOffset:x}", .. arguments]);

    /// <summary>The events that the agent has spooled so far.</summary>
    public IReadOnlyList<FleetEvent> Events()
    {
        string file = Path.Combine(_data, "hosts", "sim-01", "spool.db");
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM events ORDER BY sequence";
        using SqliteDataReader rows = command.ExecuteReader();
        List<FleetEvent> events = [];
        while (rows.Read())
        {
            events.Add(JsonSerializer.Deserialize<FleetEvent>((byte[])rows[0], FleetJson.Options)!);
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        int status = await _simulator.StopAsync();
        Assert.True(status is 0, $"fleet-sim ended with {status}:\n{_simulator.Said}");
        await _simulator.DisposeAsync();
        Directory.Delete(_run, recursive: true);
    }
}
