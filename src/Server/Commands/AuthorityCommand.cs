using System.CommandLine;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Identity.PolicyKeys;

namespace Fleet.Server.Commands;

/// <summary>fleet-server authority: looks at and changes the authority in a data directory. A server that runs on it notices within seconds.</summary>
internal static class AuthorityCommand
{
    internal static readonly Option<string> Data = new("--data") { Description = "Data directory of the server", DefaultValueFactory = _ => ".data" };
    internal static readonly Option<string?> Keys = new("--keys") { Description = "Directory of the keys, for servers that were given one" };
    internal static readonly Option<string?> RootKey = new("--root-key") { Description = "File with the root's key, if it is kept elsewhere" };
    internal static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    public static Command Create() => new("authority", """
        The authority behind the certificates of the agents' port and of agents: a root, by which agents know their server, and
        intermediates, which issue. Beside them the keys that sign policies. The root's key is needed only to prepare an intermediate,
        to tell agents that one is revoked, and to replace a policy key; it can be kept elsewhere.

        Examples:
          fleet-server authority show --data /var/lib/pcifleet
          fleet-server authority prepare --data /var/lib/pcifleet --root-key /media/safe/ca.key
          fleet-server authority activate --data /var/lib/pcifleet
          fleet-server authority retire 1 --data /var/lib/pcifleet --root-key /media/safe/ca.key
          fleet-server authority policy-key prepare --data /var/lib/pcifleet --root-key /media/safe/ca.key
        """)
    {
        Init(), Show(), Prepare(), Activate(), Retire(), Revoke(), Export(), PolicyKeyCommand.Create(),
    };

    private static Command Init()
    {
        Option<string> rootOut = new("--root-out") { Description = "Directory for the root's key, outside the data directory", Required = true };
        Command command = new("init", "Makes the authority of a server that never ran, with the root's key elsewhere: fleet-server authority init --data DIR --root-out /media/safe") { Data, Keys, rootOut };
        command.SetAction((result, ct) => TryAsync(async () =>
        {
            string directory = Path.GetFullPath(result.GetValue(rootOut)!);
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string key = Path.Combine(directory, "ca.key");
            if (File.Exists(key))
            {
                throw new AuthorityException($"{key} is there already; a root's key is never overwritten. Give another directory with --root-out.");
            }

            Keeper(result).Init(key);
            await Console.Out.WriteLineAsync($"The root's key is {key}; keep it away from the server. Intermediate 1 issues.");
        }));
        return command;
    }

    private static Command Show()
    {
        Command command = new("show", "Shows root, intermediates and policy keys, and how many agents use which: fleet-server authority show --json") { Data, Keys, Json };
        command.SetAction((result, ct) => TryAsync(async () =>
        {
            AuthorityView view = await ViewAsync(result, ct);
            await Console.Out.WriteLineAsync(result.GetValue(Json) ? AuthorityText.Json(view) : AuthorityText.Describe(view));
        }));
        return command;
    }

    private static Command Prepare()
    {
        Command command = new("prepare", "Makes the next intermediate; it issues nothing until it is activated: fleet-server authority prepare --root-key FILE") { Data, Keys, RootKey, Json };
        command.SetAction((result, ct) => TryAsync(() => SayAsync(result, Keeper(result).Prepare(result.GetValue(RootKey)), "Check it with 'show', then 'activate' it.")));
        return command;
    }

    private static Command Activate()
    {
        Argument<int?> number = new("number") { Description = "Which; the prepared one if left out", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("activate", "From now on this intermediate issues; what others issued stays good: fleet-server authority activate") { number, Data, Keys, Json };
        command.SetAction((result, ct) => TryAsync(() => SayAsync(
            result, Keeper(result).Activate(result.GetValue(number)), "Agents that are connected renew over the next minutes, others when they come back. When 'show' counts none on the one before, 'retire' that.")));
        return command;
    }

    private static Command Retire()
    {
        Argument<int> number = new("number") { Description = "Which" };
        Option<bool> force = new("--force") { Description = "Even if agents still use it, or that is not known: they are refused and have to join again" };
        Command command = new("retire", "Refuses from now on whatever this intermediate issued, deletes its key, and tells agents to believe no server by it: fleet-server authority retire 1 --root-key FILE") { number, Data, Keys, RootKey, force, Json };
        command.SetAction((result, ct) => TryAsync(async () =>
        {
            if (!result.GetValue(force))
            {
                await CheckUnusedAsync(result, result.GetValue(number), ct);
            }

            (IntermediateEntry entry, bool told) = Keeper(result).Retire(result.GetValue(number), result.GetValue(RootKey));
            await SayAsync(result, entry, told
                ? "What it issued is refused, and agents believe no server by it."
                : "What it issued is refused. Agents are not told, for which the root's key is needed: if its key may be in foreign hands, run 'fleet-server authority revoke --root-key FILE'.");
        }));
        return command;
    }

    private static Command Revoke()
    {
        Command command = new("revoke", "Tells agents to believe no server by an intermediate that is retired: fleet-server authority revoke --root-key FILE") { Data, Keys, RootKey, Json };
        command.SetAction((result, ct) => TryAsync(async () =>
        {
            IReadOnlyList<int> revoked = Keeper(result).Revoke(result.GetValue(RootKey));
            await Console.Out.WriteLineAsync(result.GetValue(Json)
                ? AuthorityText.Json(new { revoked })
                : $"The root says that no server is to be believed by intermediate {string.Join(", ", revoked)}. Agents that are connected are told at once, others when they come back.");
        }));
        return command;
    }

    private static Command Export()
    {
        Option<string?> output = new("--out") { Description = "File to write; standard output if left out" };
        Command command = new("export", "Writes the certificates of root and intermediates as PEM, no key: fleet-server authority export --out fleet-ca.pem") { Data, Keys, output };
        command.SetAction((result, ct) => TryAsync(async () =>
        {
            AuthoritySnapshot authority = Files(result).Read();
            string pem = string.Join('\n', authority.Intermediates.Where(one => one.Entry.State is not IntermediateState.Retired)
                .Select(one => one.Certificate).Prepend(authority.Root).Select(certificate => certificate.ExportCertificatePem())) + "\n";
            await (result.GetValue(output) is { } path ? File.WriteAllTextAsync(path, pem, ct) : Console.Out.WriteAsync(pem));
        }));
        return command;
    }

    private static async Task CheckUnusedAsync(ParseResult result, int number, CancellationToken ct)
    {
        AuthorityView view = await ViewAsync(result, ct);
        int? agents = (view.Intermediates.FirstOrDefault(one => one.Number == number)
            ?? throw new AuthorityException($"There is no intermediate {number}; 'fleet-server authority show' lists them.")).Agents;
        if (agents is null)
        {
            throw new AuthorityException($"No server runs on this data directory, so how many agents still use intermediate {number} is not known. Start it, or give --force.");
        }

        if (agents > 0)
        {
            throw new AuthorityException($"{(agents == 1 ? "1 agent still uses a certificate" : $"{agents} agents still use certificates")} of intermediate {number}; retired now, no such host could come in until it joins again. Wait until each has renewed ('show' counts them), or give --force.");
        }
    }

    internal static async Task<AuthorityView> ViewAsync(ParseResult result, CancellationToken ct)
    {
        AuthorityFiles files = Files(result);
        AuthoritySnapshot authority = files.HasRoot ? files.Read() : throw new AuthorityException(
            $"There is no authority in {Path.GetFullPath(result.GetValue(Data)!)}: 'fleet-server run' makes one at its first start, 'fleet-server authority init' one whose root's key is elsewhere. Give the server's directory with --data.");
        AuthorityView? asked = await RunningServer.AskAsync<AuthorityView>(result.GetValue(Data)!, "api/v1/authority", ct);
        Dictionary<int, int>? agents = asked is null ? null : asked.Intermediates.ToDictionary(one => one.Number, one => one.Agents ?? 0);
        PolicyKeysView policyKeys = PolicyKeyViews.Of(new PolicyKeyFiles(Folder(result)).Read(), asked?.PolicyKeys?.AgentsBehind, asked?.PolicyKeys?.AgentsWithoutLists);
        return AuthorityViews.Of(authority, File.Exists(files.RootKey), agents, policyKeys);
    }

    private static Task SayAsync(ParseResult result, IntermediateEntry entry, string next) => Console.Out.WriteLineAsync(result.GetValue(Json)
        ? AuthorityText.Json(entry)
        : $"Intermediate {entry.Number} is {AuthorityViews.Word(entry.State)}. {next}");

    private static AuthorityFiles Files(ParseResult result) => new(Folder(result));

    private static AuthorityKeeper Keeper(ParseResult result) => new(Folder(result), TimeProvider.System);

    internal static string Folder(ParseResult result) => Path.GetFullPath(result.GetValue(Keys) ?? Path.Combine(result.GetValue(Data)!, DataDirectory.Keys));

    internal static async Task<int> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"fleet-server: {error.Message}");
            return 1;
        }
    }
}
