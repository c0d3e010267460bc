using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Server.Commands;

/// <summary>fleet-server sign-in: a link to the dashboard for somebody, with a role.</summary>
internal static class SignInCommand
{
    public static Command Create()
    {
        Option<string> data = new("--data") { Description = "Data directory of the running server", DefaultValueFactory = _ => ".data" };
        Option<string> role = new("--role") { Description = "viewer (sees everything), operator (runs the fleet) or admin", DefaultValueFactory = _ => Roles.Viewer };
        Option<string?> name = new("--name") { Description = "Whom it signs in, as the audit trail will say; the role when not given" };
        Option<string> expires = new("--expires") { Description = "How long the link works: 90s, 30m, 1h, 7d; 7 days at most", DefaultValueFactory = _ => "1h" };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Command command = new("sign-in", """
            Makes a link that signs one browser in, once, and prints it. Whoever opens it first is in.

            Example:
              fleet-server sign-in --role operator --name alice --expires 30m
            """) { data, role, name, expires, json };
        command.SetAction((result, ct) =>
        {
            if (!Roles.All.Contains(result.GetValue(role)))
            {
                return TokenCalls.WrongUsageAsync(result, $"--role {result.GetValue(role)} is none of {string.Join(", ", Roles.All)}.");
            }

            if (!Duration.TryParse(result.GetValue(expires), out TimeSpan lifetime))
            {
                return TokenCalls.WrongUsageAsync(result, $"--expires {result.GetValue(expires)} is not a duration such as 90s, 30m, 1h or 7d.");
            }

            CreateSignIn request = new(result.GetValue(role)!, result.GetValue(name), (int)lifetime.TotalSeconds);
            return TokenCalls.TryAsync(result, data, async api =>
            {
                SignInCreated created = await api.CreateSignInAsync(request, ct);
                return result.GetValue(json) ? AuthorityText.Json(created) : created.Url;
            }, ct);
        });
        return command;
    }
}
