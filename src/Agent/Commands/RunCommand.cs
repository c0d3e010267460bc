using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Fleet.Agent.Intercepts;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;
using Fleet.Agent.Metrics;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'run': the agent of this machine, until it is told to stop.</summary>
internal static class RunCommand
{
    private static readonly Option<Uri[]> Server = new("--server")
    {
        Description = "The server's agents port, as in https://fleet.example:8443; several, by commas or by giving it again, are servers of one fleet. Without it the agent works alone.",
        CustomParser = result => ParseServers(result.Tokens.Select(token => token.Value), result.AddError),
    };

    private static readonly Option<string?> Token = new("--token") { Description = "The join token; needed only until the host has joined." };
    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "A file with the join token, so that it is in no process list." };
    private static readonly Option<string> Data = new("--data") { Description = "Where identity, spool and policy are kept.", DefaultValueFactory = _ => "/var/lib/pcifleet/agent" };
    private static readonly Option<EnforcementMode> Mode = WordOption.Create("--mode", "The host's ceiling: no policy acts further here.", EnforcementMode.Observe);

    private static readonly Option<string> MetricsAt = new("--metrics") { Description = "Address of /metrics; port 0 takes a free one.", DefaultValueFactory = _ => "127.0.0.1:0" };
    private static readonly Option<bool> NoMirror = new("--no-mirror") { Description = "The same as --intercept none." };
    private static readonly Option<InterceptLevel> Intercept = WordOption.Create(
        "--intercept",
        "How accesses reach the agent. none: not at all. mirror: tools that are pointed at it (lspci -O sysfs.path=...). bind: every tool, through files laid over the kernel's.",
        InterceptLevel.Mirror);

    private static readonly Option<AgentLossAction?> OnAgentDeath = WordOption.CreateOptional<AgentLossAction>(
        "--on-agent-death",
        "What becomes of that when the agent dies. open: it is lifted. closed: accesses fail until the next agent. wait: they wait for it. Default: wait under bind, else closed.");

    private static readonly Option<int> WaitLimit = new("--wait-limit")
    {
        Description = "Seconds that accesses wait for the next agent; then they fail.",
        DefaultValueFactory = _ => 120,
        Validators = { OfADay },
    };

    private static readonly Option<bool> Guard = new("--guard")
    {
        Description = "With --intercept bind: deny opens of raw config files around it where a claim is enforced. If the agent dies they are allowed again.",
    };

    private static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Open functions read-only: no write reaches one through the agent, and it drives no mailbox." };
    private static readonly Option<bool> UserClaims = new("--user-claims") { Description = "Let users other than root claim regions for their own processes." };
    private static readonly Option<bool> RecordPayloads = new("--record-payloads") { Description = "Let the flight recorder keep what mailboxes exchange, not only headers and timing. It may be secret." };
    private static readonly Option<string> Run = LocalCommand.Run();

    public static Command Create()
    {
        Command command = new("run", """
            Runs the agent of this host until Ctrl-C.

            Examples:
              fleet-agent run --server https://fleet.example:8443 --token-file join.token --data /var/lib/pcifleet/agent
              fleet-agent run --mode shadow --metrics 127.0.0.1:9640
            """);
        foreach (Option option in new Option[] { Server, Token, TokenFile, Data, Run, Mode, MetricsAt, NoMirror, Intercept, OnAgentDeath, WaitLimit, Guard, ReadOnly, UserClaims, RecordPayloads })
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private static void OfADay(OptionResult result)
    {
        if (result.GetValueOrDefault<int>() is < 0 or > 86_400)
        {
            result.AddError("--wait-limit takes 0 to 86400 seconds.");
        }
    }

    /// <summary>Reads the token from the option or the file named.</summary>
    internal static string? ReadToken(string? token, string? file)
    {
        if (token is not null || file is null)
        {
            return token;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"The join token in {file} cannot be read: {e.Message}", e);
        }
    }

    internal static IPEndPoint ParseMetrics(string text) => IPEndPoint.TryParse(text, out IPEndPoint? address) && text.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{address.Port}"), StringComparison.Ordinal)
        ? address
        : throw new AgentStartException($"'{text}' is not an address for metrics; write ADDRESS:PORT, as in 127.0.0.1:9640.");

    internal static Uri? ParseServer(string text, Action<string> error) => ParseServers([text], error).FirstOrDefault();

    internal static Uri[] ParseServers(IEnumerable<string> texts, Action<string> error)
    {
        List<Uri> servers = [];
        foreach (string text in texts.SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out Uri? server) && server.Scheme is "https")
            {
                servers.Add(server);
            }
            else
            {
                error($"'{text}' is not the address of a server; write https://HOST:PORT.");
            }
        }

        return [.. servers.Distinct()];
    }

    internal static ILoggerFactory CreateLogs() => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        }));

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        // Until this returns a task, a signal to stop ends the process at once: with what was mounted by then left dead.
        await Task.Yield();
        TextWriter error = arguments.InvocationConfiguration.Error;
        using ILoggerFactory logs = CreateLogs();
        try
        {
            using HostLock only = HostLock.TryTake(out string holder)
                ?? throw new AgentStartException($"Another agent brokers this host already: {holder}. One host has one agent; stop that one first.");
            bool readOnly = arguments.GetValue(ReadOnly);
            using FineTime time = new();
            using LinuxHardware hardware = new(new LinuxHardwareOptions { ReadOnly = readOnly }, time);
            using AgentMetrics metrics = new();
            await using MetricsEndpoint endpoint = await MetricsEndpoint.StartAsync(ParseMetrics(arguments.GetValue(MetricsAt)!), [AgentMetrics.MeterName], ct);
            AgentOptions options = new()
            {
                DataDirectory = Path.GetFullPath(arguments.GetValue(Data)!),
                RunDirectory = Path.GetFullPath(arguments.GetValue(Run)!),
                Servers = arguments.GetValue(Server) ?? [],
                Token = ReadToken(arguments.GetValue(Token), arguments.GetValue(TokenFile)),
                Ceiling = arguments.GetValue(Mode),
                Intercept = arguments.GetValue(NoMirror) ? InterceptLevel.None : arguments.GetValue(Intercept),
                OnAgentDeath = arguments.GetValue(OnAgentDeath),
                WaitLimit = TimeSpan.FromSeconds(arguments.GetValue(WaitLimit)),
                Guard = arguments.GetValue(Guard),
                DriveMailboxes = !readOnly,
                UserClaims = arguments.GetValue(UserClaims),
                RecordPayloads = arguments.GetValue(RecordPayloads),
                MetricsUrl = endpoint.Url.ToString(),
            };
            await using AgentHost host = await AgentHost.StartAsync(options, hardware, metrics, time, logs, ct);
            using AgentEndpointsFile endpoints = AgentEndpointsFile.Write(options.DataDirectory, host, logs.CreateLogger("Fleet.Agent"));
            await arguments.InvocationConfiguration.Output.WriteLineAsync(
                $"fleet-agent of {host.Facts.Name}: {host.Inventory.Functions.Count} functions, mirror {host.MirrorPath ?? "none"}, socket {host.SocketPath}, metrics {endpoint.Url}");
            foreach (string reduced in host.Facts.Reduced)
            {
                await error.WriteLineAsync($"! {reduced}");
            }

            Task stop = Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
            await (host.UplinkEnded.IsCompleted && options.Servers.Count is 0 ? stop : await Task.WhenAny(stop, host.UplinkEnded));
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        catch (AgentStartException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.CannotStart;
        }
        catch (EnrolmentException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.CannotJoin;
        }
    }
}
