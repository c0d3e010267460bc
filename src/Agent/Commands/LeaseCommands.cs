using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'lease': break-glass permission for some callers, in spite of claims.</summary>
internal static class LeaseCommands
{
    public static Command Create()
    {
        Command lease = new("lease", "Grants, lists and ends leases: permission for some callers to pass in spite of claims, with a reason and an end.");
        lease.Subcommands.Add(LeaseGrantCommand.Create());
        lease.Subcommands.Add(List());
        lease.Subcommands.Add(End());
        return lease;
    }

    public static string Table(IReadOnlyList<LeaseFacts> leases) => TextTable.Write(
        ["ID", "FUNCTION", "REGION", "FOR", "MAY", "EXPIRES", "USES", "REASON"],
        leases.Select(l => new[]
        {
            l.Id, l.Function?.ToString() ?? "every one", Region(l.Region), l.Holder, l.Write ? "read and write" : "read", Notation.Time(l.Expires),
            Notation.Number(l.Uses), l.Reason,
        }));

    private static string Region(RegionSpec region) => region switch
    {
        { Offset: { } offset, Length: { } length } => Notation.Region(offset, length),
        { Capability: { } name } => $"capability {name}",
        { ExtendedCapability: { } id } => $"extended capability {Notation.Hex(id)}",
        { Bar: { } bar } => $"BAR {bar}",
        { Doe: not null } => "mailboxes",
        _ => "whole",
    };

    private static Command List() => LocalCommand.Add(
        new Command("list", "Lists the leases in force.\n\nExample:\n  fleet-agent lease list"),
        async call =>
        {
            LeaseFacts[] leases = await call.Client.GetAsync<LeaseFacts[]>("/v1/leases", call.Cancellation);
            return await call.ShowAsync(leases, () => leases.Length is 0 ? "There is no lease." : Table(leases));
        });

    private static Command End()
    {
        Argument<string> id = new("id") { Description = "The lease's id, as 'lease list' shows it." };
        Command command = new("end", "Ends a lease before its time.\n\nExample:\n  fleet-agent lease end 0190c0de0000700080000000000000a1");
        command.Arguments.Add(id);
        return LocalCommand.Add(command, async call =>
        {
            LeaseFacts lease = await call.Client.DeleteAsync<LeaseFacts>($"/v1/leases/{Uri.EscapeDataString(call.Arguments.GetValue(id)!)}", call.Cancellation);
            return await call.ShowAsync(lease, () => $"Ended the lease of {lease.Holder}; it was used {lease.Uses} times.");
        });
    }
}
