using System.CommandLine;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Simulator.Control;

namespace Fleet.Simulator.Commands;

/// <summary>The command line of fleet-sim: 'run' is the simulator, the others steer a running one.</summary>
internal static class SimCommands
{
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    public static RootCommand Create()
    {
        RootCommand root = new("""
            Runs the real agent over simulated hosts.

            Examples:
              fleet-sim run --hosts 8 --server https://127.0.0.1:8443 --token-file join.token --data .data/sim
              fleet-sim contention start --data .data/sim
              fleet-sim load reconnect --server-data .data/server --hosts 5000
              fleet-sim storm --data .data/sim --events 50000
              fleet-sim faults
              fleet-sim fault sim-01 0000:02:00.0 underflow --data .data/sim
              fleet-sim unplug sim-01 0000:02:00.0 --data .data/sim
              fleet-sim spdm --listen 127.0.0.1:2323
              fleet-sim references --data .data/sim
              fleet-sim status --data .data/sim

            Exit codes: 0 done, 1 wrong command line, 2 the simulator says no, 3 no simulator runs, 4 cannot start, 5 cannot join the server.
            """);
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(LoadCommand.Create());
        root.Subcommands.Add(Storm());
        root.Subcommands.Add(Contention());
        FaultCommands.AddTo(root);
        root.Subcommands.Add(SpdmCommand.Create());
        root.Subcommands.Add(ReferencesCommand.Create());
        root.Subcommands.Add(Status());
        return root;
    }

    public static Option<string> Data() => new("--data") { Description = "Data directory of the simulator.", Required = true };

    private static Command Storm()
    {
        Option<string> data = Data();
        Option<long> events = new("--events") { Description = "How many events, on all hosts together.", DefaultValueFactory = _ => 50_000 };
        Command command = new("storm", "Makes very many contention events fast; returns when all are on the agents' disks.");
        command.Options.Add(data);
        command.Options.Add(events);
        command.SetAction((result, ct) => PostAsync(result, data, $"/storm?events={result.GetValue(events)}", ct));
        return command;
    }

    private static Command Contention()
    {
        Command command = new("contention", "Starts or stops a tool that pokes claimed mailboxes.");
        foreach (string verb in new[] { "start", "stop" })
        {
            Option<string> data = Data();
            Command inner = new(verb, verb is "start" ? "Starts poking, every two seconds, with setpci." : "Stops poking.");
            inner.Options.Add(data);
            inner.SetAction((result, ct) => PostAsync(result, data, $"/contention/{verb}", ct));
            command.Subcommands.Add(inner);
        }

        return command;
    }

    private static Command Status()
    {
        Option<string> data = Data();
        Command command = new("status", "Shows the simulated hosts as JSON: connection, spool, faults, write cycles at each function.");
        command.Options.Add(data);
        command.SetAction(async (result, ct) =>
        {
            using ControlClient client = new(result.GetValue(data)!);
            try
            {
                SimStatus status = await client.StatusAsync(ct);
                await result.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(status, Indented));
                return 0;
            }
            catch (IOException e)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return 3;
            }
        });
        return command;
    }

    internal static async Task<int> PostAsync(ParseResult result, Option<string> data, string path, CancellationToken ct)
    {
        using ControlClient client = new(result.GetValue(data)!);
        try
        {
            (bool done, string message) = await client.PostAsync(path, ct);
            await (done ? result.InvocationConfiguration.Output : result.InvocationConfiguration.Error).WriteLineAsync(message);
            return done ? 0 : 2;
        }
        catch (IOException e)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return 3;
        }
    }
}
