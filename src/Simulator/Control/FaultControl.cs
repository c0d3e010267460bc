using System.Globalization;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Simulator.Hardware;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Hardware.Mailboxes;
using Fleet.Simulator.Running;
using Fleet.Simulator.Spdm;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fleet.Simulator.Control;

/// <summary>Sets and clears faults of a running simulator's functions, pulls them out and plugs them in.</summary>
internal static class FaultControl
{
    public static void Map(WebApplication app, SimulatedFleet fleet)
    {
        app.MapPost("/fault", (string host, string function, string kind, int? mailbox) => Answer(SetFault(fleet, host, function, kind, mailbox)));
        app.MapPost("/unplug", (string host, string function) => Answer(Move(fleet, host, function, "went", static (h, a) => h.Unplug(a))));
        app.MapPost("/plug", (string host, string function) => Answer(Move(fleet, host, function, "came", static (h, a) => h.Plug(a))));
    }

    /// <summary>The faults of a host by function, or function and mailbox.</summary>
    public static Dictionary<string, string> Of(SimulatedHardware hardware)
    {
        Dictionary<string, string> faults = [];
        foreach (SimulatedFunction function in hardware.Functions)
        {
            if (function.ConfigFault is not ConfigFault.None)
            {
                faults[function.Address.ToString()] = EnumNames.NameOf(function.ConfigFault);
            }

            foreach (SimulatedMailbox mailbox in function.Mailboxes)
            {
                string[] wrong =
                [
                    .. mailbox.Fault is MailboxFault.None ? Array.Empty<string>() : [EnumNames.NameOf(mailbox.Fault)],
                    .. mailbox.Spdm is not { Fault: not ResponderFault.None } responder ? Array.Empty<string>() : [SpdmFaultCatalog.NameOf(responder.Fault)],
                ];
                if (wrong.Length > 0)
                {
                    faults[Place(function, mailbox)] = string.Join(", ", wrong);
                }
            }
        }

        return faults;
    }

    private static (bool Done, string Message) SetFault(SimulatedFleet fleet, string host, string function, string kind, int? offset)
    {
        (MailboxFault mailboxFault, ConfigFault configFault) = (MailboxFault.None, ConfigFault.None);
        bool spdm = SpdmFaultCatalog.TryFind(kind, out ResponderFault responderFault);
        if (!spdm && !FaultCatalog.TryFind(kind, out mailboxFault, out configFault))
        {
            return (false, $"There is no fault '{kind}'; 'fleet-sim faults' lists them.");
        }

        if (!TryFind(fleet, host, function, out SimulatedHardware? hardware, out PciAddress address, out string problem))
        {
            return (false, problem);
        }

        if (hardware.Find(address) is not { } found)
        {
            return (false, $"{host} has no function {address} plugged in.");
        }

        if (spdm)
        {
            if (found.Mailboxes.FirstOrDefault(m => m.Spdm is not null && (offset is null || m.Offset == offset)) is not { Spdm: { } responder } behind)
            {
                return (false, $"{address} has no mailbox with an SPDM responder{At(offset)}.");
            }

            found.SetFault(responder, responderFault);
            return (true, $"{Place(found, behind)}: {SpdmFaultCatalog.NameOf(responderFault)}.");
        }

        if (mailboxFault is not MailboxFault.None)
        {
            if (found.Mailboxes.FirstOrDefault(m => offset is null || m.Offset == offset) is not { } mailbox)
            {
                return (false, $"{address} has no mailbox{At(offset)}.");
            }

            found.SetFault(mailbox, mailboxFault);
            return (true, $"{Place(found, mailbox)}: {EnumNames.NameOf(mailboxFault)}.");
        }

        found.ConfigFault = configFault;
        if (configFault is ConfigFault.None)
        {
            foreach (SimulatedMailbox mailbox in found.Mailboxes.Where(m => offset is null || m.Offset == offset))
            {
                found.SetFault(mailbox, MailboxFault.None);
                if (mailbox.Spdm is { } responder)
                {
                    found.SetFault(responder, ResponderFault.None);
                }
            }
        }

        hardware.Announce(address);
        return (true, $"{address}: {EnumNames.NameOf(configFault)}.");
    }

    private static (bool Done, string Message) Move(
        SimulatedFleet fleet, string host, string function, string verb, Func<SimulatedHardware, PciAddress, int> move)
    {
        if (!TryFind(fleet, host, function, out SimulatedHardware? hardware, out PciAddress address, out string problem))
        {
            return (false, problem);
        }

        int moved = move(hardware, address);
        return (moved > 0, string.Create(CultureInfo.InvariantCulture, $"{moved} functions {verb} at {address}."));
    }

    private static bool TryFind(
        SimulatedFleet fleet, string host, string function, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SimulatedHardware? hardware,
        out PciAddress address, out string problem)
    {
        hardware = fleet.Hosts.FirstOrDefault(h => h.Name == host)?.Hardware;
        bool parsed = PciAddress.TryParse(function, out address);
        problem = hardware is null
            ? $"There is no simulated host '{host}'; 'fleet-sim status' lists them."
            : $"'{function}' is not a function's address (DDDD:BB:DD.F).";
        return hardware is not null && parsed;
    }

    private static string At(int? offset) => offset is { } o ? string.Create(CultureInfo.InvariantCulture, $" at {o:x3}") : "";

    private static string Place(SimulatedFunction function, SimulatedMailbox mailbox) =>
        string.Create(CultureInfo.InvariantCulture, $"{function.Address}+{mailbox.Offset:x3}");

    private static IResult Answer((bool Done, string Message) outcome) =>
        Results.Json(new ControlAnswer(outcome.Message), FleetJson.Options, statusCode: outcome.Done ? 200 : 409);
}
