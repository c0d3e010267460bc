using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'claims': who claims what.</summary>
internal static class ClaimsCommand
{
    public static Command Create()
    {
        Argument<string?> address = new("address")
        {
            Description = "Only this function's.",
            Arity = ArgumentArity.ZeroOrOne,
            CompletionSources = { AddressCompletion.Complete },
        };
        Command command = new("claims", """
            Lists the claims in force on this host: who holds which bytes, since when, until when and why.

            Examples:
              fleet-agent claims
              fleet-agent claims 01:00.0
              fleet-agent claims --json | jq '.[] | select(.source == "local")'
            """);
        command.Arguments.Add(address);
        return LocalCommand.Add(command, async call =>
        {
            string query = call.Arguments.GetValue(address) is { } text ? $"?function={LocalCommand.Address(text)}" : "";
            ClaimFacts[] claims = await call.Client.GetAsync<ClaimFacts[]>($"/v1/claims{query}", call.Cancellation);
            return await call.ShowAsync(claims, () => claims.Length is 0 ? "Nothing is claimed." : ClaimText.Table(claims));
        });
    }
}
