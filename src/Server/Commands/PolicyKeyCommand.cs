using System.CommandLine;
using System.Globalization;
using Fleet.Contracts;
using Fleet.Server.Identity.Authority;
using Fleet.Server.Identity.PolicyKeys;

namespace Fleet.Server.Commands;

/// <summary>fleet-server authority policy-key: replaces the key that signs policies. A server that runs on it notices within a second.</summary>
internal static class PolicyKeyCommand
{
    public static Command Create() => new("policy-key", """
        The keys by which agents know their policies. To replace one, the root lists another beside it, the other signs, and the root
        lists the old one no more. Agents keep the newest list, refuse an older one and whatever is signed by a key that is not on it;
        those that are away get it before their next assignment.

        Examples:
          fleet-server authority policy-key show --data /var/lib/pcifleet
          fleet-server authority policy-key prepare --data /var/lib/pcifleet --root-key /media/safe/ca.key
          fleet-server authority policy-key activate --data /var/lib/pcifleet
          fleet-server authority policy-key retire 1 --data /var/lib/pcifleet --root-key /media/safe/ca.key
        """)
    {
        Show(), Prepare(), Activate(), Retire(),
    };

    private static Command Show()
    {
        Command command = new("show", "Shows the keys, which of them count and sign, and how many agents have not heard of the last change: fleet-server authority policy-key show --json") { AuthorityCommand.Data, AuthorityCommand.Keys, AuthorityCommand.Json };
        command.SetAction((result, ct) => AuthorityCommand.TryAsync(async () =>
        {
            PolicyKeysView view = (await AuthorityCommand.ViewAsync(result, ct)).PolicyKeys!;
            await Console.Out.WriteLineAsync(result.GetValue(AuthorityCommand.Json) ? AuthorityText.Json(view) : AuthorityText.Describe(view));
        }));
        return command;
    }

    private static Command Prepare()
    {
        Command command = new("prepare", "Makes the next key and lets the root list it beside the present one; it signs nothing until it is activated: fleet-server authority policy-key prepare --root-key FILE") { AuthorityCommand.Data, AuthorityCommand.Keys, AuthorityCommand.RootKey, AuthorityCommand.Json };
        command.SetAction((result, ct) => AuthorityCommand.TryAsync(() => SayAsync(
            result, Keeper(result).Prepare(result.GetValue(AuthorityCommand.RootKey)), "Agents believe it from when they hear of it, and it signs nothing yet: 'activate' it.")));
        return command;
    }

    private static Command Activate()
    {
        Argument<int?> number = new("number") { Description = "Which; the prepared one if left out", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("activate", "From now on this key signs; what others signed is believed still: fleet-server authority policy-key activate") { number, AuthorityCommand.Data, AuthorityCommand.Keys, AuthorityCommand.Json };
        command.SetAction((result, ct) => AuthorityCommand.TryAsync(() => SayAsync(
            result, Keeper(result).Activate(result.GetValue(number)), "It signs for every agent that takes lists of keys; the one before signs for older agents, until you 'retire' it.")));
        return command;
    }

    private static Command Retire()
    {
        Argument<int> number = new("number") { Description = "Which" };
        Option<bool> force = new("--force") { Description = "Even if agents obey no other, or that is not known: they keep their policies and take no new ones until they are upgraded" };
        Command command = new("retire", "The root lists this key no more: agents refuse what it signs; its private half is deleted: fleet-server authority policy-key retire 1 --root-key FILE") { number, AuthorityCommand.Data, AuthorityCommand.Keys, AuthorityCommand.RootKey, force, AuthorityCommand.Json };
        command.SetAction((result, ct) => AuthorityCommand.TryAsync(async () =>
        {
            if (!result.GetValue(force))
            {
                await CheckUnneededAsync(result, result.GetValue(number), ct);
            }

            await SayAsync(
                result, Keeper(result).Retire(result.GetValue(number), result.GetValue(AuthorityCommand.RootKey)),
                "Agents that are connected refuse it from now on, others from when they come back. Their policies stay in force and are signed anew.");
        }));
        return command;
    }

    // Agents that take lists lose nothing by it, wherever they are. Older ones know the key they joined with and no other.
    private static async Task CheckUnneededAsync(ParseResult result, int number, CancellationToken ct)
    {
        PolicyKeysView view = (await AuthorityCommand.ViewAsync(result, ct)).PolicyKeys!;
        if (view.Keys.FirstOrDefault(key => key.Number == number) is not { State: "activated" })
        {
            return;
        }

        if (view.AgentsWithoutLists is null)
        {
            throw new AuthorityException($"No server runs on this data directory, so how many agents are too old to obey another key than {number} is not known. Start it, or give --force.");
        }

        if (view.AgentsWithoutLists is { } old and > 0)
        {
            throw new AuthorityException(string.Create(
                CultureInfo.InvariantCulture,
                $"{(old == 1 ? "1 agent is" : $"{old} agents are")} too old to take lists of keys, and would take no new policies from then on. Upgrade them ('show' counts them), or give --force."));
        }
    }

    private static Task SayAsync(ParseResult result, PolicyKeyEntry entry, string next) => Console.Out.WriteLineAsync(result.GetValue(AuthorityCommand.Json)
        ? AuthorityText.Json(entry)
        : $"Policy key {entry.Number} ({entry.ShortName}) is {PolicyKeyViews.Word(entry.State)}. {next}");

    private static PolicyKeyKeeper Keeper(ParseResult result) => new(AuthorityCommand.Folder(result), TimeProvider.System);
}
