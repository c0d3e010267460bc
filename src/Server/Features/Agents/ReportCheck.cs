using System.Text;
using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

/// <summary>
/// Refuses reports that no agent of ours sends, and gives back the JSON of those that may be stored. The size of a message is bounded by the hub and what is
/// in it by <see cref="ReportBounds"/>; what is checked here besides is what the rest of the server relies on: no function twice, numbers within a
/// configuration space.
/// </summary>
internal static class ReportCheck
{
    private const int MostEndpoints = 32;
    private const int LongestName = 253;
    private const int LargestHello = 128 * 1024;

    public static string Check(HelloMessage message)
    {
        if (message.Endpoints.Count > MostEndpoints || message.Endpoints.Values.Any(value => value is null))
        {
            throw Bad("hello", $"it has more than {MostEndpoints} endpoints, or one without a value");
        }

        if (message.Host.Name.Length is 0 or > LongestName || message.Host.MachineId.Length is 0 or > LongestName)
        {
            throw Bad("hello", $"the host's name or machine id is empty or longer than {LongestName} characters");
        }

        string json = Bounded("hello", message);
        return json.Length <= LargestHello ? json : throw Bad("hello", $"it has more than {LargestHello} characters");
    }

    public static string Check(InventoryReport report)
    {
        string json = Bounded("inventory", report);
        HashSet<PciAddress> seen = [];
        foreach (FunctionFacts function in report.Functions)
        {
            if (!seen.Add(function.Address))
            {
                throw Bad("inventory", $"function {function.Address} is listed twice");
            }

            if (function.ConfigSize is < 0 or > 4096 || function.Mailboxes.Any(item => item.Offset is < 0 or > 4095)
                || function.Capabilities.Any(item => item.Offset is < 0 or > 4095 || item.Length < 0)
                || function.Config.Any(item => item.Offset is < 0 or > 4095 || item.Hex.Length > 8192 || !item.Hex.All(char.IsAsciiHexDigit)))
            {
                throw Bad("inventory", $"a number of function {function.Address} is outside configuration space");
            }
        }

        return json;
    }

    /// <summary>What programs of the host wrote into it is made to fit instead: none of them decides whether the host may report.</summary>
    /// <returns>The report as it may be kept, and the JSON of what lasts of it: how many events wait and what time it is change with each report.</returns>
    public static (StateReport Report, string Json) Check(StateReport report)
    {
        StateReport fit = report with
        {
            Claims = [.. report.Claims.Select(claim => claim is null ? null! : claim with { Holder = Fit(claim.Holder)!, Reason = Fit(claim.Reason) })],
        };
        string json = Bounded("state", Lasting(fit));
        return fit.Claims.Any(claim => claim.Offset is < 0 or > 4095 || claim.Length is < 1 or > 4096)
            ? throw Bad("state", "a claim is outside configuration space")
            : (fit, json);
    }

    /// <summary>What of a state is worth a row's update.</summary>
    public static StateReport Lasting(StateReport report) => report with { EventsSpooled = 0, Time = null };

    private static string? Fit(string? text)
    {
        string? cut = text is null || text.Length <= ReportBounds.LongestText ? text : text[..ReportBounds.LongestText];
        return cut?.Any(char.IsControl) is true ? string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c)) : cut;
    }

    private static string Bounded<T>(string report, T value)
    {
        byte[] json = FleetJson.Write(value);
        return ReportBounds.Check(json) is { } why ? throw Bad(report, why) : Encoding.UTF8.GetString(json);
    }

    private static HubException Bad(string report, string why) => new($"The {report} report was refused: {why}.");
}
