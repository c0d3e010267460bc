using System.CommandLine;
using Fleet.Client;
using Fleet.Contracts;

namespace Fleet.Server.Commands;

/// <summary>fleet-server token: join tokens of the server that runs on a data directory, through its REST interface like everybody's.</summary>
internal static class TokenCommand
{
    private const int PageSize = 1000;
    private const int MostUses = 10_000;
    private static readonly Option<string> Data = new("--data") { Description = "Data directory of the running server", DefaultValueFactory = _ => ".data" };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON" };

    public static Command Create() => new("token", """
        Join tokens, with which agents may join. A token is shown once, when it is made; afterwards it goes by its id.

        Examples:
          fleet-server token create --uses 40 --expires 2h --labels rack=r12,site=berlin --note 'rack 12' > join.token
          fleet-server token list --active
          fleet-server token show 01a215a4a9287ed1b91872eaed95ec77
          fleet-server token revoke 01a215a4a9287ed1b91872eaed95ec77

        Exit codes: 0 done, 1 it could not be done, 2 wrong usage.
        """)
    {
        Make(), List(), Show(), Revoke(),
    };

    private static Command Make()
    {
        Option<int> uses = new("--uses") { Description = "How many hosts may join with it, 1 to 10000", DefaultValueFactory = _ => 1 };
        Option<string> expires = new("--expires", "--ttl") { Description = "After how long it ends: 90s, 30m, 1h, 7d; 30 days at most", DefaultValueFactory = _ => "1h" };
        Option<string[]> labels = new("--labels") { Description = "KEY=VALUE,… put on every host that it admits", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };
        Option<string?> note = new("--note") { Description = "What it is for" };
        Command command = new("create", "Makes a join token and prints it; it cannot be shown again: fleet-server token create --uses 40 --expires 2h --labels rack=r12") { Data, uses, expires, labels, note, Json };
        command.SetAction((result, ct) =>
        {
            if (!Duration.TryParse(result.GetValue(expires), out TimeSpan lifetime))
            {
                return TokenCalls.WrongUsageAsync(result, $"--expires {result.GetValue(expires)} is not a duration such as 90s, 30m, 1h or 7d.");
            }

            if (result.GetValue(uses) is < 1 or > MostUses || lifetime < TimeSpan.FromMinutes(1) || lifetime > TimeSpan.FromDays(30))
            {
                return TokenCalls.WrongUsageAsync(result, $"--uses takes 1 to {MostUses} hosts and --expires 60s to 30d; they are {result.GetValue(uses)} and {result.GetValue(expires)}.");
            }

            if (!LabelText.TryRead(result.GetValue(labels)!, out Dictionary<string, string> read, out string wrong))
            {
                return TokenCalls.WrongUsageAsync(result, wrong);
            }

            CreateJoinToken request = new(result.GetValue(uses), (int)Math.Min(lifetime.TotalSeconds, int.MaxValue), result.GetValue(note), read);
            return TokenCalls.TryAsync(result, Data, async api =>
            {
                JoinTokenCreated created = await api.CreateJoinTokenAsync(request, ct);
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
        Option<bool> active = new("--active") { Description = "Only those that admit hosts now" };
        Command command = new("list", "Lists join tokens, the newest first, never their secrets: fleet-server token list --active --json") { Data, active, Json };
        command.SetAction((result, ct) => TokenCalls.TryAsync(result, Data, async api =>
        {
            List<JoinTokenView> tokens = [];
            string? cursor = null;
            do
            {
                Page<JoinTokenView> page = await api.ListJoinTokensAsync(new ListQuery(null, cursor, PageSize), result.GetValue(active) ? true : null, ct);
                tokens.AddRange(page.Items);
                cursor = page.Next;
            }
            while (cursor is not null);
            return result.GetValue(Json) ? AuthorityText.Json(tokens) : TokenText.Table(tokens);
        }, ct));
        return command;
    }

    private static Command Show()
    {
        Argument<string> id = new("id") { Description = "The token's id, as 'list' shows it" };
        Command command = new("show", "Shows a join token and the hosts that it admitted: fleet-server token show ID --json") { id, Data, Json };
        command.SetAction((result, ct) => TokenCalls.WithIdAsync(result, id, value => TokenCalls.TryAsync(result, Data, async api =>
        {
            JoinTokenDetail token = await api.GetJoinTokenAsync(value, ct);
            return result.GetValue(Json) ? AuthorityText.Json(token) : TokenText.Describe(token);
        }, ct)));
        return command;
    }

    private static Command Revoke()
    {
        Argument<string> id = new("id") { Description = "The token's id, as 'list' shows it" };
        Command command = new("revoke", "Ends a join token; hosts that joined with it stay: fleet-server token revoke ID") { id, Data, Json };
        command.SetAction((result, ct) => TokenCalls.WithIdAsync(result, id, value => TokenCalls.TryAsync(result, Data, async api =>
        {
            await api.DeleteJoinTokenAsync(value, ct);
            JoinTokenDetail token = await api.GetJoinTokenAsync(value, ct);
            return result.GetValue(Json) ? AuthorityText.Json(token) : TokenText.Revoked(token);
        }, ct)));
        return command;
    }
}
