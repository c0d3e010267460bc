using System.CommandLine;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>'doe cdat': what a CXL device says of its memory.</summary>
internal static class DoeCdatCommand
{
    public static Command Create()
    {
        Argument<string> address = LocalCommand.Address();
        Argument<string?> offset = DoeCommands.OptionalOffset();
        Option<bool> raw = new("--raw") { Description = "The bytes of the table to standard output, the same that cxl_pci shows as CDAT in sysfs." };
        Command command = new("cdat", """
            Reads a CXL device's attribute table (CDAT) through its mailbox and decodes it.

            Examples:
              fleet-agent doe cdat 0d:00.0
              fleet-agent doe cdat 0d:00.0 0x160 --raw > cdat.bin
            """);
        command.Arguments.Add(address);
        command.Arguments.Add(offset);
        command.Options.Add(raw);
        return LocalCommand.Add(command, async call =>
        {
            LocalCdat cdat = await call.Client.PostAsync<LocalCdat>("/v1/doe/cdat", DoeCommands.Mailbox(call.Arguments, address, offset), call.Cancellation);
            if (call.Arguments.GetValue(raw) && cdat.Failure is null)
            {
                await using Stream output = Console.OpenStandardOutput();
                await output.WriteAsync(Convert.FromHexString(cdat.Raw), call.Cancellation);
            }
            else if (!call.Arguments.GetValue(raw) && (call.Json || cdat.Header is not null))
            {
                await call.ShowAsync(cdat, () => CdatText.Write(cdat));
            }

            return cdat.Failure is null ? ExitCodes.Done : await call.FailAsync(cdat.Failure, cdat.Detail);
        });
    }
}
