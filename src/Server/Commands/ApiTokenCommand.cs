using System.CommandLine;
using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Server.Commands;

/// <summary>fleet-server api-token: tokens of programs, through the REST interface of the server that runs on a data directory.</summary>
internal static class ApiTokenCommand
{
    private const int PageSize = 1000;
    private const string ListCommand = "fleet-server api-token list";
    private static readonly Option<string> Data = new("--data") { Description = "Data directory of the running server", DefaultValueFactory = _ => ".data" };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    public static Command Create() => new("api-token", $"""
        API tokens, with which programs call the REST interface. A token is shown once, when it is made; afterwards it goes by its id.

        Examples:
          fleet-server api-token create --name ci --scope join-tokens:write --expires 90d > ci.token
          fleet-server api-token create --name grafana --role viewer --expires 365d --json
          fleet-server api-token list --active
          fleet-server api-token revoke 01a215a4a9287ed1b91872eaed95ec77

        Scopes: {string.Join(", ", Scopes.All.Select(scope => scope.Name))}.

        Exit codes: 0 done, 1 it could not be done, 2 wrong usage.
        """)
    {
        Make(), List(), Show(), Revoke(),
    };

    private static Command Make()
    {
        Option<string> name = new("--name") { Description = "What the audit trail calls it", Required = true };
        Option<string[]> scopes = new("--scope") { Description = "SCOPE,… that it has; may be given again", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };
        Option<string?> role = new("--role") { Description = "viewer, operator or admin: the scopes that the role has now" };
        Option<string?> expires = new("--expires") { Description = "After how long it ends: 30m, 12h, 90d; never when not given" };
        Command command = new("create", "Makes an API token and prints it; it cannot be shown again: fleet-server api-token create --name ci --scope join-tokens:write --expires 90d") { Data, name, scopes, role, expires, Json };
        command.SetAction((result, ct) =>
        {
            if (result.GetValue(role) is { } given && !Roles.All.Contains(given))
            {
                return TokenCalls.WrongUsageAsync(result, $"--role {given} is none of {string.Join(", ", Roles.All)}.");
            }

            if (result.GetValue(role) is null && result.GetValue(scopes)!.Length is 0)
            {
                return TokenCalls.WrongUsageAsync(result, $"say what it may do: --role with one of {string.Join(", ", Roles.All)}, or --scope with some of those that 'fleet-server api-token --help' lists.");
            }

            TimeSpan lifetime = default;
            if (result.GetValue(expires) is { } text && !Duration.TryParse(text, out lifetime))
            {
                return TokenCalls.WrongUsageAsync(result, $"--expires {text} is not a duration such as 30m, 12h or 90d.");
            }

            string[] asked = [.. result.GetValue(scopes)!.SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
            if (asked.FirstOrDefault(scope => !Scopes.IsKnown(scope)) is { } unknown)
            {
                return TokenCalls.WrongUsageAsync(result, $"there is no scope '{unknown}'; there are: {string.Join(", ", Scopes.All.Select(scope => scope.Name))}.");
            }

            CreateApiToken request = new(
                result.GetValue(name)!, [.. asked.Concat(Roles.ScopesOf(result.GetValue(role))).Distinct()], result.GetValue(expires) is null ? null : (long)lifetime.TotalSeconds);
            return TokenCalls.TryAsync(result, Data, async api =>
            {
                ApiTokenCreated created = await api.CreateApiTokenAsync(request, ct);
                foreach (string warning in result.GetValue(Json) ? [] : created.Warnings ?? [])
                {
                    // Apart from the token, which goes into a file or a pipe.
                    await result.InvocationConfiguration.Error.WriteLineAsync($"fleet-server: {warning}");
                }

                return result.GetValue(Json) ? AuthorityText.Json(created) : created.Token;
            }, ct);
        });
        return command;
    }

    private static Command List()
    {
        Option<bool> active = new("--active") { Description = "Only those that let somebody in now" };
        Command command = new("list", "Lists API tokens, the newest first, never their secrets: fleet-server api-token list --active --json") { Data, active, Json };
        command.SetAction((result, ct) => TokenCalls.TryAsync(result, Data, async api =>
        {
            List<ApiTokenView> tokens = [];
            string? cursor = null;
            do
            {
                Page<ApiTokenView> page = await api.ListApiTokensAsync(new ListQuery(null, cursor, PageSize), result.GetValue(active) ? true : null, ct: ct);
                tokens.AddRange(page.Items);
                cursor = page.Next;
            }
            while (cursor is not null);
            return result.GetValue(Json) ? AuthorityText.Json(tokens) : ApiTokenTable.Of(tokens);
        }, ct));
        return command;
    }

    private static Command Show()
    {
        Argument<string> id = new("id") { Description = "The token's id, as 'list' shows it" };
        Command command = new("show", "Shows an API token with its scopes: fleet-server api-token show ID --json") { id, Data, Json };
        command.SetAction((result, ct) => WithIdAsync(result, id, value => TokenCalls.TryAsync(result, Data, async api =>
        {
            ApiTokenView token = await api.GetApiTokenAsync(value, ct);
            return result.GetValue(Json) ? AuthorityText.Json(token) : ApiTokenTable.Describe(token);
        }, ct, ListCommand)));
        return command;
    }

    private static Command Revoke()
    {
        Argument<string> id = new("id") { Description = "The token's id, as 'list' shows it" };
        Command command = new("revoke", "Ends an API token at once, and what is open by it: fleet-server api-token revoke ID") { id, Data, Json };
        command.SetAction((result, ct) => WithIdAsync(result, id, value => TokenCalls.TryAsync(result, Data, async api =>
        {
            await api.DeleteApiTokenAsync(value, ct);
            ApiTokenView token = await api.GetApiTokenAsync(value, ct);
            Page<ApiTokenView> made = await api.ListApiTokensAsync(new ListQuery(Limit: 1), active: true, parent: value, ct: ct);
            if (made.Total > 0)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync($"fleet-server: {made.Total} token(s) that it made stay; '{ListCommand}' shows them by the id of who made them.");
            }

            return result.GetValue(Json) ? AuthorityText.Json(token) : $"API token {token.Name} ({token.Id}) is revoked.";
        }, ct, ListCommand)));
        return command;
    }

    private static Task<int> WithIdAsync(ParseResult result, Argument<string> id, Func<string, Task<int>> act) =>
        TokenCalls.WithIdAsync(result, id, act, ListCommand, "an API token");
}
