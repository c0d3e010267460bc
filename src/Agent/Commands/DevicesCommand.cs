using System.CommandLine;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'devices': the host's functions in a table.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        Argument<string[]> filter = new("filter") { Description = "A selector; all functions without one.", Arity = ArgumentArity.ZeroOrMore };
        Command command = new("devices", """
            Lists the host's PCI functions, their mailboxes, and who claims what.

            Examples:
              fleet-agent devices
              fleet-agent devices doe:"0001:01" and not driver:vfio-pci
              fleet-agent devices class:0108
              fleet-agent devices --json | jq -r '.[].address'
            """);
        command.Arguments.Add(filter);
        return LocalCommand.Add(command, async call =>
        {
            string q = string.Join(' ', call.Arguments.GetValue(filter) ?? []);
            FunctionFacts[] functions = await call.Client.GetAsync<FunctionFacts[]>($"/v1/functions?q={Uri.EscapeDataString(q)}", call.Cancellation);
            if (call.Json)
            {
                return await call.ShowAsync(functions, () => "");
            }

            ClaimFacts[] claims = await call.Client.GetAsync<ClaimFacts[]>("/v1/claims", call.Cancellation);
            return await call.ShowAsync(functions, () => functions.Length is 0
                ? q.Length is 0 ? "This host has no PCI functions." : $"No function matches {q}."
                : Table(functions, claims.ToLookup(c => c.Function)));
        });
    }

    private static string Table(FunctionFacts[] functions, ILookup<Pci.PciAddress, ClaimFacts> claims) => TextTable.Write(
        ["ADDRESS", "ID", "CLASS", "DRIVER", "MAILBOXES", "OWNER", "CLAIMS", "NAME"],
        functions.Select(f => new[]
        {
            f.Address.ToString(), $"{f.VendorId}:{f.DeviceId}", f.ClassCode, f.Driver ?? "-", Mailboxes(f), Owners(f),
            claims[f.Address].Any() ? Notation.Number(claims[f.Address].Count()) : "-", Name(f),
        }));

    private static string Mailboxes(FunctionFacts f) =>
        f.Mailboxes.Count is 0 ? "-" : string.Join(' ', f.Mailboxes.Select(m => m.State is "free" ? Notation.Hex(m.Offset) : $"{Notation.Hex(m.Offset)}({m.State})"));

    private static string Owners(FunctionFacts f) => f.Mailboxes.Count is 0 ? "-" : string.Join(' ', f.Mailboxes.Select(m => m.Owner).Distinct());

    private static string Name(FunctionFacts f)
    {
        string name = $"{f.VendorName} {f.DeviceName}".Trim();
        return name.Length > 0 ? name : f.ClassName ?? "-";
    }
}
