using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'device': all that is known of one function.</summary>
internal static class DeviceCommand
{
    public static Command Create()
    {
        Argument<string> address = LocalCommand.Address();
        Option<bool> brief = new("--brief") { Description = "Without the registers of the capabilities." };
        Command command = new("device", """
            Shows one function: its map, mailboxes, claims, who touched it lately, and its capabilities register by register.

            Examples:
              fleet-agent device 0000:01:00.0
              fleet-agent device 01:00.0 --brief
              fleet-agent device 01:00.0 --json | jq '.facts.mailboxes'
            """);
        command.Arguments.Add(address);
        command.Options.Add(brief);
        return LocalCommand.Add(command, async call =>
        {
            Pci.PciAddress wanted = LocalCommand.Address(call.Arguments.GetValue(address)!);
            LocalFunction function = await call.Client.GetAsync<LocalFunction>($"/v1/functions/{wanted}", call.Cancellation);
            return await call.ShowAsync(function, () => DeviceText.Write(function, call.Width, call.Arguments.GetValue(brief)));
        });
    }
}
