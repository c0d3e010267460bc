using System.CommandLine;
using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Commands;

/// <summary>'doe discover': asks a mailbox what it speaks.</summary>
internal static class DoeDiscoverCommand
{
    public static Command Create()
    {
        Argument<string> address = LocalCommand.Address();
        Argument<string?> offset = DoeCommands.OptionalOffset();
        Command command = new("discover", """
            Asks a mailbox what it speaks.

            Examples:
              fleet-agent doe discover 01:00.0
              fleet-agent doe discover 0000:01:00.0 0x200 --json
            """);
        command.Arguments.Add(address);
        command.Arguments.Add(offset);
        return LocalCommand.Add(command, async call =>
        {
            LocalDiscovery found = await call.Client.PostAsync<LocalDiscovery>(
                "/v1/doe/discover", DoeCommands.Mailbox(call.Arguments, address, offset), call.Cancellation);
            if (call.Json || found.Features.Count > 0)
            {
                await call.ShowAsync(found, () => TextTable.Write(["FEATURE", "NAME"], found.Features.Select(Row)));
            }

            return found.Failure is null ? Local.ExitCodes.Done : await call.FailAsync(found.Failure, found.Detail);
        });
    }

    private static string[] Row(string feature) =>
        [feature, DoeFeature.TryParse(feature, out DoeFeature known) ? known.Name ?? "vendor-defined" : "unknown"];
}
