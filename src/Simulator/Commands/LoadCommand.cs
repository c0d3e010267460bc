using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fleet.Agent;
using Fleet.Agent.Local;
using Fleet.Agent.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Simulator.Load;
using AgentRun = Fleet.Agent.Commands.RunCommand;

namespace Fleet.Simulator.Commands;

/// <summary>'load': very many hosts against one server.</summary>
internal static class LoadCommand
{
    private const int MostHosts = 10_000; // As many uses as one join token can have.
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };
    private static readonly Argument<LoadScenario> Scenario = new("scenario")
    {
        Description = "What happens: steady, enrol, reconnect, storm, flapping, skew, duplicates.",
        HelpName = "scenario",
        DefaultValueFactory = _ => LoadScenario.Steady,
        CustomParser = result => Named<LoadScenario>(result.Tokens[0].Value, "There is no scenario", result.AddError),
    };

    private static readonly Option<string?> ServerData = new("--server-data")
    {
        Description = "Data directory of a server on this machine: says where it is, makes the join token, and lets the run look at it as an operator.",
    };

    private static readonly Option<Uri[]> Servers = new("--server")
    {
        Description = "The agents port of a server, https://HOST:PORT; several of one database separated by commas: hosts spread over them and go on when one dies.",
        CustomParser = result => AgentRun.ParseServers(result.Tokens.Select(token => token.Value), result.AddError),
    };

    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "A file with a join token of as many uses as hosts that have not joined yet." };
    private static readonly Option<Uri?> Api = new("--api")
    {
        Description = "The server's operators port, http://HOST:PORT, to look at it under load (with --api-token-file).",
        CustomParser = result =>
        {
            bool right = Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? api) && api.Scheme is ("http" or "https");
            if (!right)
            {
                result.AddError($"'{result.Tokens[0].Value}' is not where operators come in; write http://HOST:PORT.");
            }

            return right ? api : null;
        },
    };

    private static readonly Option<string?> ApiTokenFile = new("--api-token-file") { Description = "A file with a token for the REST API." };
    private static readonly Option<string> Data = new("--data") { Description = "Directory where the hosts' identities are kept, made when it is not there; a second run brings the same hosts back.", DefaultValueFactory = _ => ".data/load" };
    private static readonly Option<int> Hosts = new("--hosts") { Description = "How many hosts, 1 to 10000.", DefaultValueFactory = _ => 100 };
    private static readonly Option<int> Seed = new("--seed") { Description = "Makes runs alike: machine ids, clocks, who makes which event.", DefaultValueFactory = _ => 1 };
    private static readonly Option<TimeSpan> Ramp = Time("--ramp", "Over how long the hosts come.", TimeSpan.FromSeconds(30));
    private static readonly Option<TimeSpan> Duration = Time("--duration", "How long it goes on once they are there.", TimeSpan.FromSeconds(30));
    private static readonly Option<double> Rate = new("--rate") { Description = "Events a second, of all hosts together.", DefaultValueFactory = _ => 0 };
    private static readonly Option<HostKind> Profile = new("--profile")
    {
        HelpName = "profile",
        DefaultValueFactory = _ => HostKind.Small,
        Description = $"Which machines the hosts are: {string.Join(", ", EnumNames.All<HostKind>())}.",
        CustomParser = result => Named<HostKind>(result.Tokens[0].Value, "There is no profile", result.AddError),
    };

    private static readonly Option<TimeSpan> Outage = Time("--outage", "reconnect: how long the hosts are cut off.", TimeSpan.FromHours(1));
    private static readonly Option<double> Compression = new("--compression") { Description = "reconnect: how much faster than the clock the outage passes.", DefaultValueFactory = _ => 360 };
    private static readonly Option<int> Burst = new("--burst") { Description = "storm, reconnect: events that each host makes at once.", DefaultValueFactory = _ => 20 };
    private static readonly Option<double> Share = new("--share") { Description = "flapping: what part of the hosts, 0 to 1.", DefaultValueFactory = _ => 0.1 };
    private static readonly Option<TimeSpan> Skew = Time("--skew", "skew: clocks are off by up to so much, either way.", TimeSpan.FromMinutes(10));
    private static readonly Option<int> Clones = new("--clones") { Description = "duplicates: hosts that share a machine id.", DefaultValueFactory = _ => 2 };
    private static readonly Option<bool> Attest = new("--attest") { Description = "The hosts' mailboxes speak SPDM: the server attests their functions, this process signs for the devices." };
    private static readonly Option<string?> Ledger = new("--ledger") { Description = "A file for every event made and every acknowledgement, one JSON object a line; it is appended to." };
    private static readonly Option<bool> Json = new("--json") { Description = "The report as JSON on standard output, progress as a JSON object a line on standard error." };

    public static Command Create()
    {
        Command command = new("load", """
            Puts a server under the load of very many hosts, with real enrolment, TLS 1.3 by each host's own key, and the real protocol.

            Examples:
              fleet-sim load steady --server-data .data/server --hosts 1000 --rate 500
              fleet-sim load enrol --server-data .data/server --hosts 5000 --ramp 60s
              fleet-sim load reconnect --server-data .data/server --hosts 5000 --outage 1h --compression 360
              fleet-sim load storm --server https://fleet:8443 --token-file join.token --hosts 200 --burst 1000 --json

            Prints a line a second, and at the end what had to hold and whether it did; Ctrl-C ends it with the report of what was until then. How to read it:
            docs/how-to/load-test.md.
            Exit codes: 0 everything held that had to, 1 wrong command line, 2 something did not hold (the report says what), 4 cannot start, 5 cannot join the
            server, 130 interrupted.
            """);
        command.Arguments.Add(Scenario);
        foreach (Option option in new Option[]
        {
            ServerData, Servers, TokenFile, Api, ApiTokenFile, Data, Hosts, Seed, Ramp, Duration, Rate, Profile, Outage, Compression, Burst, Share, Skew, Clones, Attest, Ledger, Json,
        })
        {
            command.Options.Add(option);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        TextWriter error = arguments.InvocationConfiguration.Error;
        TextWriter output = arguments.InvocationConfiguration.Output;
        bool json = arguments.GetValue(Json);
        if (Wrong(arguments) is { } wrong)
        {
            await error.WriteLineAsync($"fleet-sim load: {wrong}");
            return ExitCodes.Usage;
        }

        try
        {
            LoadOptions options = ReadServer(arguments, Read(arguments));
            using ServerApi? api = options is { Api: { } place, ApiToken: { } key } ? new ServerApi(place, key, TimeProvider.System) : null;
            await (api?.CheckAsync(ct) ?? Task.CompletedTask);
            await using LoadFleet fleet = await LoadFleet.OpenAsync(options, api, TimeProvider.System, ct);
            LoadReport report = await new LoadRun(options, fleet, api, TimeProvider.System, Tell).RunAsync(ct);
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(report, Indented) : LoadText.Of(report));
            return report.Stopped ? ExitCodes.Interrupted : report.Sound ? ExitCodes.Done : ExitCodes.Refused;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is AgentStartException or IOException or UnauthorizedAccessException or HttpRequestException or JsonException)
        {
            await error.WriteLineAsync($"fleet-sim load: {e.Message}");
            return e is EnrolmentException ? ExitCodes.CannotJoin : ExitCodes.CannotStart;
        }

        void Tell(LoadProgress now) => (json ? error : output).WriteLine(json ? JsonSerializer.Serialize(now, FleetJson.Options) : $"{now}");
    }

    private static string? Wrong(ParseResult arguments)
    {
        (bool Right, string Otherwise)[] checks =
        [
            (arguments.GetValue(Servers) is { Length: > 0 } || arguments.GetValue(ServerData) is not null,
                "Say which server: --server-data DIRECTORY for one on this machine, or --server https://HOST:PORT with --token-file FILE."),
            (arguments.GetValue(Api) is null || arguments.GetValue(ApiTokenFile) is not null || arguments.GetValue(ServerData) is not null,
                "--api needs a token to look with: give --api-token-file FILE."),
            (arguments.GetValue(Api) is not null || arguments.GetValue(ApiTokenFile) is null || arguments.GetValue(ServerData) is not null,
                "--api-token-file is of no use without --api http://HOST:PORT."),
            (arguments.GetValue(Hosts) is >= 1 and <= MostHosts, $"--hosts takes 1 to {MostHosts}; for more start several, each with a --data and a --seed of its own."),
            (arguments.GetValue(Rate) is >= 0 and <= 1_000_000, "--rate takes 0 to 1000000 events a second."),
            (arguments.GetValue(Burst) is >= 0 and <= 20_000, "--burst takes 0 to 20000 events a host; a host's spool holds no more."),
            (arguments.GetValue(Share) is > 0 and <= 1, "--share takes a part of the hosts, more than 0 and at most 1 (0.2 is every fifth)."),
            (arguments.GetValue(Clones) is >= 2 && arguments.GetValue(Clones) <= Math.Max(2, arguments.GetValue(Hosts)), "--clones takes 2 and more, and at most as many as --hosts."),
            (arguments.GetValue(Compression) is >= 1 and <= 100_000, "--compression takes 1 to 100000."),
        ];
        return checks.Where(check => !check.Right).Select(check => check.Otherwise).FirstOrDefault();
    }

    private static LoadOptions Read(ParseResult arguments) => new()
    {
        Servers = arguments.GetValue(Servers) ?? [],
        Token = AgentRun.ReadToken(null, arguments.GetValue(TokenFile)),
        DataDirectory = Path.GetFullPath(arguments.GetValue(Data)!),
        Hosts = arguments.GetValue(Hosts),
        Seed = arguments.GetValue(Seed),
        Ramp = arguments.GetValue(Ramp),
        Duration = arguments.GetValue(Duration),
        Rate = arguments.GetValue(Rate),
        Profile = arguments.GetValue(Profile),
        Scenario = arguments.GetValue(Scenario),
        Outage = arguments.GetValue(Outage),
        Compression = arguments.GetValue(Compression),
        Burst = arguments.GetValue(Burst),
        Share = arguments.GetValue(Share),
        Skew = arguments.GetValue(Skew),
        Clones = arguments.GetValue(Clones),
        Attest = arguments.GetValue(Attest),
        Api = arguments.GetValue(Api),
        ApiToken = AgentRun.ReadToken(null, arguments.GetValue(ApiTokenFile)),
        LedgerFile = arguments.GetValue(Ledger),
    };

    // What a server on this machine writes into its data directory for programs like this one.
    private static LoadOptions ReadServer(ParseResult arguments, LoadOptions options)
    {
        if (arguments.GetValue(ServerData) is not { } directory)
        {
            return options;
        }

        try
        {
            using JsonDocument endpoints = JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "server-endpoints.json")));
            return options with
            {
                Servers = options.Servers.Count > 0 ? options.Servers : [new Uri(endpoints.RootElement.GetProperty("agents").GetString()!)],
                Api = options.Api ?? new Uri(endpoints.RootElement.GetProperty("http").GetString()!),
                ApiToken = options.ApiToken ?? File.ReadAllText(Path.Combine(directory, "admin.token")).Trim(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new AgentStartException(
                $"{directory} does not say where its server is: {e.Message} --server-data takes the directory that 'fleet-server run --data' was given, once that server has started (and its keys must be readable by you).", e);
        }
    }

    private static T Named<T>(string name, string otherwise, Action<string> error)
        where T : struct, Enum
    {
        if (!EnumNames.TryParse(name, out T value))
        {
            error($"{otherwise} '{name}'; choose from {string.Join(", ", EnumNames.All<T>())}.");
        }

        return value;
    }

    private static Option<TimeSpan> Time(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = $"{description} (10s, 5m, 1h)",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            double unit = text.LastOrDefault() switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
            if (unit is 0 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number * unit > 7 * 86_400)
            {
                result.AddError($"{name} '{text}' is no time such as 10s, 5m or 1h.");
                return otherwise;
            }

            return TimeSpan.FromSeconds(number * unit);
        },
    };
}
