using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'hold': the stateful features of a device for one process.</summary>
internal static class HoldCommands
{
    public static Command Create()
    {
        Command hold = new("hold", "Takes, lists and ends holds: a process's right to a device's stateful features (SPDM) across several exchanges.");
        hold.Subcommands.Add(Take());
        hold.Subcommands.Add(List());
        hold.Subcommands.Add(End());
        return hold;
    }

    private static Command Take()
    {
        Argument<string> address = LocalCommand.Address();
        Option<string> reason = new("--reason") { Description = "Why, for whoever meets the hold.", Required = true };
        Option<string?> duration = new("--for") { Description = "How long at most: 5s, 20s. The agent grants 30 s unless it is told otherwise." };
        Option<int?> pid = new("--pid") { Description = "The process that shall hold it; without this the command itself does and stays until Ctrl-C." };
        Command command = new("take", """
            Waits for a hold on a device and takes it. It covers every function and mailbox of the device; discovery and CDAT pass between.

            A hold ends with its holder. Without --pid this command is the holder: it stays until Ctrl-C or the end of the time.

            Examples:
              fleet-agent hold take 01:00.0 --reason "firmware update" --pid 4711
              fleet-agent hold take 01:00.0 --reason "nobody talks to it now" --for 10s
            """);
        command.Arguments.Add(address);
        command.Options.Add(reason);
        command.Options.Add(duration);
        command.Options.Add(pid);
        return LocalCommand.Add(command, async call =>
        {
            TimeSpan? most = LocalCommand.Duration(call.Arguments.GetValue(duration));
            int? holder = call.Arguments.GetValue(pid);
            HoldFacts hold = await call.Client.PostAsync<HoldFacts>(
                "/v1/holds",
                new LocalHoldRequest(LocalCommand.Address(call.Arguments.GetValue(address)!), call.Arguments.GetValue(reason)!, most?.TotalSeconds, holder),
                call.Cancellation);
            await call.ShowAsync(hold, () => Table([hold]));
            return holder is not null ? ExitCodes.Done : await Staying.UntilAsync(
                call, hold.Ends, () => call.Client.DeleteAsync<HoldFacts>($"/v1/holds/{Uri.EscapeDataString(hold.Id)}", CancellationToken.None));
        });
    }

    private static Command List() => LocalCommand.Add(
        new Command("list", "Lists the holds in force.\n\nExample:\n  fleet-agent hold list"),
        async call =>
        {
            HoldFacts[] holds = await call.Client.GetAsync<HoldFacts[]>("/v1/holds", call.Cancellation);
            return await call.ShowAsync(holds, () => holds.Length is 0 ? "No device is held." : Table(holds));
        });

    private static Command End()
    {
        Argument<string> id = new("id") { Description = "The hold's id, as 'hold list' shows it." };
        Command command = new("end", "Ends a hold before its time: its holder may, and root.\n\nExample:\n  fleet-agent hold end 7f3a");
        command.Arguments.Add(id);
        return LocalCommand.Add(command, async call =>
        {
            HoldFacts hold = await call.Client.DeleteAsync<HoldFacts>($"/v1/holds/{Uri.EscapeDataString(call.Arguments.GetValue(id)!)}", call.Cancellation);
            return await call.ShowAsync(hold, () => $"Ended the hold of {hold.Caller.Comm} {hold.Caller.Pid} on {hold.Device}.");
        });
    }

    private static string Table(IReadOnlyList<HoldFacts> holds) => TextTable.Write(
        ["ID", "DEVICE", "HOLDER", "SINCE", "ENDS", "EXCHANGES", "WAITING", "REASON"],
        holds.Select(h => new[]
        {
            h.Id, h.Device.ToString(), string.Create(CultureInfo.InvariantCulture, $"{h.Caller.Comm} {h.Caller.Pid}"), Notation.Time(h.Since), Notation.Time(h.Ends),
            Notation.Number(h.Exchanges), Notation.Number(h.Waiting), h.Reason ?? (h.Requested ? "-" : "its GET_VERSION began it"),
        }));
}
