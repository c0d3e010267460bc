using System.CommandLine;
using System.Globalization;
using System.Text;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'devices' and 'device'.</summary>
internal static class DeviceCommands
{
    public static Command Devices() => LocalCommand.Add(
        new Command("devices", "Lists the host's PCI functions.\n\nExamples:\n  fleet-agent devices\n  fleet-agent devices --json"),
        async call =>
        {
            FunctionFacts[] functions = await call.Client.GetAsync<FunctionFacts[]>("/v1/functions", call.Cancellation);
            return await call.ShowAsync(functions, () => TextTable.Write(
                ["ADDRESS", "ID", "CLASS", "DRIVER", "DOE", "NAME"],
                functions.Select(f => new[]
                {
                    f.Address.ToString(), $"{f.VendorId}:{f.DeviceId}", f.ClassCode, f.Driver ?? "-",
                    f.Mailboxes.Count.ToString(CultureInfo.InvariantCulture), $"{f.VendorName} {f.DeviceName}".Trim(),
                })));
        });

    public static Command Device()
    {
        Argument<string> address = new("address") { Description = "The function, DDDD:BB:DD.F." };
        Command command = new("device", "Shows one function: capabilities, mailboxes, findings.\n\nExample:\n  fleet-agent device 0000:01:00.0");
        command.Arguments.Add(address);
        return LocalCommand.Add(command, async call =>
        {
            FunctionFacts function = await call.Client.GetAsync<FunctionFacts>(
                $"/v1/functions/{Uri.EscapeDataString(call.Arguments.GetValue(address)!)}", call.Cancellation);
            return await call.ShowAsync(function, () => Describe(function));
        });
    }

    private static string Describe(FunctionFacts function)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{function.Address}  {function.VendorId}:{function.DeviceId}  {function.VendorName} {function.DeviceName}");
        text.AppendLine(CultureInfo.InvariantCulture, $"class {function.ClassCode} {function.ClassName}, driver {function.Driver ?? "none"}, power {function.PowerState ?? "unknown"}");
        text.AppendLine().Append(TextTable.Write(
            ["OFFSET", "CAPABILITY", "LENGTH"],
            function.Capabilities.Select(c => new[] { Hex(c.Offset), c.Name, c.Length.ToString(CultureInfo.InvariantCulture) })));
        if (function.Mailboxes.Count > 0)
        {
            text.AppendLine().Append(TextTable.Write(
                ["MAILBOX", "STATE", "OWNER", "FEATURES", "NOTE"],
                function.Mailboxes.Select(m => new[]
                {
                    Hex(m.Offset), m.State, m.Owner, m.Features.Count is 0 ? "-" : string.Join(' ', m.Features), m.DiscoveryNote ?? m.OwnerReason,
                })));
        }

        foreach (string finding in function.Findings)
        {
            text.AppendLine().Append("! ").Append(finding);
        }

        return text.ToString();
    }

    private static string Hex(int value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x3}");
}
