using System.CommandLine;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'quarantine release': a stuck mailbox is aborted and used again.</summary>
internal static class QuarantineCommand
{
    public static Command Create()
    {
        Command quarantine = new("quarantine", "Mailboxes that are kept out of use after a failed abort: release.");
        quarantine.Subcommands.Add(Release());
        return quarantine;
    }

    private static Command Release()
    {
        Argument<string> address = LocalCommand.Address();
        Argument<string> offset = new("offset") { Description = "Offset of the DOE capability, as 'device' lists it." };
        Option<string> reason = new("--reason") { Description = "Why, for the record.", Required = true };
        Command command = new("release", """
            Aborts a stuck mailbox and lets it be used again. It may drop somebody's exchange; what came of it is an event.

            Example:
              fleet-agent quarantine release 01:00.0 0x200 --reason "card was reset"
            """);
        command.Arguments.Add(address);
        command.Arguments.Add(offset);
        command.Options.Add(reason);
        return LocalCommand.Add(command, async call =>
        {
            LocalExchangeAnswer answer = await call.Client.PostAsync<LocalExchangeAnswer>(
                "/v1/doe/release",
                new LocalMailboxRelease(
                    LocalCommand.Address(call.Arguments.GetValue(address)!), LocalCommand.Offset(call.Arguments.GetValue(offset)!), call.Arguments.GetValue(reason)!),
                call.Cancellation);
            if (call.Json || answer.Succeeded)
            {
                await call.ShowAsync(answer, () => answer.Detail);
            }

            return answer.Succeeded ? ExitCodes.Done : await call.FailAsync(answer.Failure!, answer.Detail);
        });
    }
}
