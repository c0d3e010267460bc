using System.CommandLine;
using System.CommandLine.Parsing;
using Fleet.Agent;
using Fleet.Agent.Commands;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Control;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Running;
using Microsoft.Extensions.Logging;
using AgentRun = Fleet.Agent.Commands.RunCommand;

namespace Fleet.Simulator.Commands;

/// <summary>'run': simulated hosts until Ctrl-C.</summary>
internal static class RunCommand
{
    private static readonly Option<int> Hosts = new("--hosts") { Description = "How many hosts.", DefaultValueFactory = _ => 8, Validators = { InRange } };
    private static readonly Option<Uri[]> Server = new("--server")
    {
        Description = "The server's agents port. Without it the agents work alone.",
        CustomParser = result => AgentRun.ParseServers(result.Tokens.Select(token => token.Value), result.AddError),
    };

    private static readonly Option<string?> Token = new("--token") { Description = "A join token with as many uses as hosts that have not joined." };
    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "A file with the join token." };
    private static readonly Option<string> Data = SimCommands.Data();
    private static readonly Option<string> Run = new("--run") { Description = "Run directory; each host has one below it.", DefaultValueFactory = _ => "/run/pcifleet/sim" };
    private static readonly Option<EnforcementMode> Mode = WordOption.Create("--mode", "The hosts' ceiling.", EnforcementMode.Enforce);
    private static readonly Option<string> Metrics = new("--metrics") { Description = "Address of /metrics; port 0 takes a free one.", DefaultValueFactory = _ => "127.0.0.1:0" };
    private static readonly Option<bool> NoMirror = new("--no-mirror") { Description = "Serve no mirrors." };
    private static readonly Option<HostKind> Model = Named<HostKind>("--model", "Which machines the hosts are");
    private static readonly Option<MailboxFault> Fault = Named<MailboxFault>(
        "--fault", "What is wrong with the last mailbox of the last host from the start ('fleet-sim faults' explains)");

    private static readonly Option<ConfigFault> ConfigFault = Named<ConfigFault>(
        "--config-fault", "What is wrong with the configuration space of the same function");

    private static readonly Option<string[]> Scenario = new("--scenario") { Description = "What to start with: contention, storm.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<long> StormEvents = new("--storm-events") { Description = "Events of the storm scenario.", DefaultValueFactory = _ => 50_000 };

    private static void InRange(OptionResult result)
    {
        if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
        {
            result.AddError("--hosts takes 1 to 10000.");
        }
    }

    public static Command Create()
    {
        Command command = new("run", "Runs simulated hosts until Ctrl-C. As root each has a mirror that lspci and setpci can use.");
        foreach (Option option in new Option[] { Hosts, Server, Token, TokenFile, Data, Run, Mode, Metrics, NoMirror, Model, Fault, ConfigFault, Scenario, StormEvents })
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private static Option<T> Named<T>(string name, string description)
        where T : struct, Enum => new(name)
        {
            Description = $"{description}: {string.Join(", ", EnumNames.All<T>())}.",
            HelpName = "NAME",
            CustomParser = result =>
            {
                if (!EnumNames.TryParse(result.Tokens[0].Value, out T value))
                {
                    result.AddError($"{name} '{result.Tokens[0].Value}' is none of {string.Join(", ", EnumNames.All<T>())}.");
                }

                return value;
            },
        };

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        // Until this returns a task, a signal to stop ends the process at once: with what was mounted by then left dead.
        await Task.Yield();
        TextWriter error = arguments.InvocationConfiguration.Error;
        using ILoggerFactory logs = AgentRun.CreateLogs();
        try
        {
            SimOptions options = new()
            {
                Hosts = arguments.GetValue(Hosts),
                DataDirectory = Path.GetFullPath(arguments.GetValue(Data)!),
                RunDirectory = Path.GetFullPath(arguments.GetValue(Run)!),
                Servers = arguments.GetValue(Server) ?? [],
                Token = AgentRun.ReadToken(arguments.GetValue(Token), arguments.GetValue(TokenFile)),
                Mode = arguments.GetValue(Mode),
                Metrics = AgentRun.ParseMetrics(arguments.GetValue(Metrics)!),
                Mirror = !arguments.GetValue(NoMirror),
                Model = arguments.GetValue(Model),
                Fault = arguments.GetValue(Fault),
                ConfigFault = arguments.GetValue(ConfigFault),
            };
            using FineTime time = new();
            await using SimulatedFleet fleet = await SimulatedFleet.StartAsync(options, time, logs, ct);
            await using ControlServer control = await ControlServer.StartAsync(fleet, options.DataDirectory, ct);
            await arguments.InvocationConfiguration.Output.WriteLineAsync(
                $"fleet-sim: {fleet.Hosts.Count} hosts, metrics {fleet.MetricsUrl}, endpoints in {EndpointsFile.PathIn(options.DataDirectory)}");
            foreach (string reduced in fleet.Hosts.SelectMany(h => h.Agent.Facts.Reduced).Distinct())
            {
                await error.WriteLineAsync($"! {reduced}");
            }

            await StartScenariosAsync(fleet, arguments, ct);
            await await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, time, ct), fleet.UplinkEnded);
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is AgentStartException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return e is EnrolmentException ? ExitCodes.CannotJoin : ExitCodes.CannotStart;
        }
    }

    private static async Task StartScenariosAsync(SimulatedFleet fleet, ParseResult arguments, CancellationToken ct)
    {
        string[] scenarios = arguments.GetValue(Scenario) ?? [];
        if (scenarios.Contains("contention") && await fleet.Contention.StartAsync() is { } refusal)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"! {refusal}");
        }

        if (scenarios.Contains("storm"))
        {
            long made = await fleet.Storm.RunAsync(arguments.GetValue(StormEvents), ct);
            await arguments.InvocationConfiguration.Output.WriteLineAsync($"storm: {made} events reached the spools");
        }
    }
}
