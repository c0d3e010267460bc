using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Spdm;

namespace Fleet.Simulator.Commands;

/// <summary>'faults' explains them; 'fault' sets or clears one on a running simulator; 'unplug' and 'plug' move hardware.</summary>
internal static class FaultCommands
{
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    public static void AddTo(RootCommand root)
    {
        root.Subcommands.Add(List());
        root.Subcommands.Add(Fault());
        root.Subcommands.Add(Move("unplug", "Pulls a function out of a running host; with a bridge, everything behind it."));
        root.Subcommands.Add(Move("plug", "Plugs what was pulled out in again, new and without faults."));
    }

    private static Command List()
    {
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("faults", "Lists every fault: what the device does, and what the agent makes of it.");
        command.Options.Add(json);
        command.SetAction(async (result, _) =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            FaultEntry[] all = [.. FaultCatalog.All, .. SpdmFaultCatalog.All];
            if (result.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(all, Indented));
                return 0;
            }

            foreach (IGrouping<string, FaultEntry> group in all.GroupBy(f => f.Concerns))
            {
                await output.WriteLineAsync($"{group.Key}:");
                foreach (FaultEntry fault in group)
                {
                    await output.WriteLineAsync($"  {fault.Name,-22} {fault.Device}\n  {"",-22} Agent: {fault.Agent}");
                }
            }

            return 0;
        });
        return command;
    }

    private static Command Fault()
    {
        (Argument<string> host, Argument<string> function) = Place();
        Argument<string> kind = new("kind") { Description = "A fault of 'fleet-sim faults'; 'none' clears all of the function." };
        Option<string?> mailbox = new("--mailbox") { Description = "Offset of the mailbox (0xc00); the first one when left out." };
        Option<string> data = SimCommands.Data();
        Command command = new("fault", """
            Sets or clears a fault of a function of a running simulator.

            Examples:
              fleet-sim fault sim-01 0000:02:00.0 stale-response --data .data/sim
              fleet-sim fault sim-01 0000:01:00.0 spdm-tampered --data .data/sim
              fleet-sim fault sim-03 0000:0d:00.0 never-answers --mailbox 0x640 --data .data/sim
              fleet-sim fault sim-01 0000:02:00.0 none --data .data/sim
            """);
        command.Arguments.Add(host);
        command.Arguments.Add(function);
        command.Arguments.Add(kind);
        command.Options.Add(mailbox);
        command.Options.Add(data);
        command.SetAction(async (result, ct) =>
        {
            string path = $"/fault?{Query(result, host, function)}&kind={Uri.EscapeDataString(result.GetValue(kind)!)}";
            if (result.GetValue(mailbox) is { } text)
            {
                string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
                if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int offset))
                {
                    await result.InvocationConfiguration.Error.WriteLineAsync($"--mailbox takes an offset in hexadecimal, such as 0xc00, not '{text}'.");
                    return 1;
                }

                path += string.Create(CultureInfo.InvariantCulture, $"&mailbox={offset}");
            }

            return await SimCommands.PostAsync(result, data, path, ct);
        });
        return command;
    }

    private static Command Move(string verb, string description)
    {
        (Argument<string> host, Argument<string> function) = Place();
        Option<string> data = SimCommands.Data();
        Command command = new(verb, description);
        command.Arguments.Add(host);
        command.Arguments.Add(function);
        command.Options.Add(data);
        command.SetAction((result, ct) => SimCommands.PostAsync(result, data, $"/{verb}?{Query(result, host, function)}", ct));
        return command;
    }

    private static (Argument<string> Host, Argument<string> Function) Place() =>
        (new("host") { Description = "Name of the simulated host (sim-01)." }, new("function") { Description = "Address of the function (0000:02:00.0)." });

    private static string Query(ParseResult result, Argument<string> host, Argument<string> function) =>
        $"host={Uri.EscapeDataString(result.GetValue(host)!)}&function={Uri.EscapeDataString(result.GetValue(function)!)}";
}
