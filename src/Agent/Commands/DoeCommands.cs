using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Pci.Doe;

namespace Fleet.Agent.Commands;

/// <summary>'doe discover' and 'doe exchange': the mailbox through the broker, in turn with everybody else.</summary>
internal static class DoeCommands
{
    public static Command Create()
    {
        Command doe = new("doe", "Talks to a DOE mailbox through the broker.");
        doe.Subcommands.Add(Discover());
        doe.Subcommands.Add(Exchange());
        return doe;
    }

    private static Command Discover()
    {
        Command command = new("discover", "Asks a mailbox what it speaks.\n\nExample:\n  fleet-agent doe discover 0000:01:00.0 0x200");
        (Argument<string> address, Argument<string> offset) = AddPlace(command);
        return LocalCommand.Add(command, async call =>
        {
            LocalDiscovery found = await call.Client.PostAsync<LocalDiscovery>("/v1/doe/discover", Place(call, address, offset, null, null), call.Cancellation);
            int code = await call.ShowAsync(found, () => TextTable.Write(
                ["FEATURE", "NAME"], found.Features.Select(f => new[] { f, DoeFeature.TryParse(f, out DoeFeature feature) ? feature.Name ?? "vendor-defined" : "?" })));
            return found.Failure is null ? code : await FailAsync(call, found.Failure, found.Detail);
        });
    }

    private static Command Exchange()
    {
        Option<string> feature = new("--feature") { Description = "Vendor and type, as in 0001:01.", Required = true };
        Option<string> payload = new("--payload") { Description = "The object's payload in hexadecimal, without its two header dwords.", DefaultValueFactory = _ => "" };
        Command command = new(
            "exchange", "Sends one object and shows the response.\n\nExample (SPDM GET_VERSION):\n  fleet-agent doe exchange 0000:01:00.0 0x200 --feature 0001:01 --payload 10840000");
        (Argument<string> address, Argument<string> offset) = AddPlace(command);
        command.Options.Add(feature);
        command.Options.Add(payload);
        return LocalCommand.Add(command, async call =>
        {
            LocalResponse response = await call.Client.PostAsync<LocalResponse>(
                "/v1/doe/exchange", Place(call, address, offset, call.Arguments.GetValue(feature), call.Arguments.GetValue(payload)), call.Cancellation);
            int code = await call.ShowAsync(response, () => response.Succeeded
                ? string.Create(CultureInfo.InvariantCulture, $"{response.Payload}\n{response.Payload.Length / 2} bytes in {response.Milliseconds:0.0} ms")
                : "");
            return response.Succeeded ? code : await FailAsync(call, response.Failure!, response.Detail);
        });
    }

    private static (Argument<string> Address, Argument<string> Offset) AddPlace(Command command)
    {
        Argument<string> address = new("address") { Description = "The function, DDDD:BB:DD.F." };
        Argument<string> offset = new("offset") { Description = "Offset of the DOE capability, as 'device' lists it." };
        command.Arguments.Add(address);
        command.Arguments.Add(offset);
        return (address, offset);
    }

    private static LocalExchange Place(LocalCall call, Argument<string> address, Argument<string> offset, string? feature, string? payload)
    {
        string text = call.Arguments.GetValue(offset)!;
        return Notation.TryNumber(text, out int number)
            ? new LocalExchange(ClaimCommands.Address(call.Arguments.GetValue(address)!), number, feature, payload)
            : throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not an offset; write 0x200 or 512.");
    }

    private static async Task<int> FailAsync(LocalCall call, string failure, string? detail)
    {
        await call.Error.WriteLineAsync($"{failure}: {detail}");
        return ExitCodes.Refused;
    }
}
