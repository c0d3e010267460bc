using System.CommandLine;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'lease grant': lets some callers pass for a time.</summary>
internal static class LeaseGrantCommand
{
    private static readonly Argument<string> Address = new("address")
    {
        Description = "The function, or 'every' for all of them.",
        CompletionSources = { AddressCompletion.Complete },
    };

    private static readonly Option<string> Reason = new("--reason") { Description = "Why, for the record.", Required = true };
    private static readonly Option<string> For = new("--for") { Description = "How long: 45s, 30m, 2h.", Required = true };
    private static readonly Option<string?> Exe = new("--exe") { Description = "Let this executable through, by its path." };
    private static readonly Option<string?> Hash = new("--exe-hash") { Description = "Let an executable with this SHA-256 through." };
    private static readonly Option<uint?> Uid = new("--uid") { Description = "Let this user through." };
    private static readonly Option<string?> Unit = new("--unit") { Description = "Let this systemd unit through." };
    private static readonly Option<string?> Container = new("--container") { Description = "Let this container through." };
    private static readonly Option<int?> Pid = new("--pid") { Description = "Let this process through; the lease ends with it." };
    private static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Let reads through and no writes." };

    public static Command Create()
    {
        RegionOptions region = new();
        Command command = new("grant", """
            Lets some callers pass in spite of claims, for a time, with a reason. For root. A restart of the agent ends it.

            What callers must match is all that is named of --exe, --exe-hash, --uid, --unit and --container; or it is one process, by --pid.

            Examples:
              fleet-agent lease grant 01:00.0 --exe /usr/bin/setpci --uid 0 --for 10m --reason "INC-4711, link is down"
              fleet-agent lease grant 01:00.0 --capability pcie --pid 4711 --for 1h --reason "vendor on the phone"
              fleet-agent lease grant every --unit rescue.service --for 30m --reason "rescue"
            """);
        command.Arguments.Add(Address);
        region.AddTo(command);
        foreach (Option option in new Option[] { Reason, For, Exe, Hash, Uid, Unit, Container, Pid, ReadOnly })
        {
            command.Options.Add(option);
        }

        return LocalCommand.Add(command, async call =>
        {
            LeaseFacts lease = await call.Client.PostAsync<LeaseFacts>("/v1/leases", Read(call.Arguments, region), call.Cancellation);
            return await call.ShowAsync(lease, () => LeaseCommands.Table([lease]));
        });
    }

    private static LocalLeaseRequest Read(ParseResult arguments, RegionOptions region)
    {
        (RegionSpec? spec, int? mailbox) = region.Read(arguments);
        if (mailbox is not null)
        {
            throw new LocalApiException(ExitCodes.Usage, "A lease covers every mailbox of the function: write --doe without an offset.");
        }

        string address = arguments.GetValue(Address)!;
        CallerRule callers = new()
        {
            Exe = arguments.GetValue(Exe),
            ExeHash = arguments.GetValue(Hash),
            Uid = arguments.GetValue(Uid),
            Unit = arguments.GetValue(Unit),
            Container = arguments.GetValue(Container),
        };
        int? pid = arguments.GetValue(Pid);
        bool named = callers != new CallerRule();
        return named == pid is not null
            ? throw new LocalApiException(ExitCodes.Usage, "Say whom to let through: one or more of --exe, --exe-hash, --uid, --unit, --container; or --pid.")
            : new LocalLeaseRequest
            {
                Function = address is "every" ? null : LocalCommand.Address(address),
                Region = spec,
                Callers = named ? callers : null,
                Pid = pid,
                Write = !arguments.GetValue(ReadOnly),
                Reason = arguments.GetValue(Reason)!,
                Seconds = LocalCommand.Duration(arguments.GetValue(For))!.Value.TotalSeconds,
            };
    }
}
