using Fleet.Contracts;
using Fleet.Pci;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Features.Agents;

/// <summary>
/// Refuses reports that no agent of ours sends. The size of a message is bounded by the hub; what is checked here is what the rest of
/// the server relies on: no nulls within lists, no function twice, numbers within a configuration space.
/// </summary>
internal static class ReportCheck
{
    private const int MostEndpoints = 32;
    private const int LongestName = 253;
    private const int LongestTrouble = 8192;

    public static void Check(HelloMessage message)
    {
        if (message.Endpoints.Count > MostEndpoints || message.Endpoints.Values.Any(value => value is null))
        {
            throw Bad("hello", $"it has more than {MostEndpoints} endpoints, or one without a value");
        }

        if (message.Host.Name.Length is 0 or > LongestName || message.Host.Name.Any(char.IsControl))
        {
            throw Bad("hello", $"the host's name is empty, longer than {LongestName} characters, or has control characters");
        }

        if (message.Host.MachineId.Length is 0 or > LongestName || message.Host.BootId.Length > LongestName)
        {
            throw Bad("hello", $"the host's machine id is empty, or that or its boot id is longer than {LongestName} characters");
        }

        if (message.Host.Reduced.Any(item => item is null))
        {
            throw Bad("hello", "a sentence is null");
        }
    }

    public static void Check(InventoryReport report)
    {
        HashSet<PciAddress> seen = [];
        foreach (FunctionFacts function in report.Functions)
        {
            if (function is null || !seen.Add(function.Address))
            {
                throw Bad("inventory", "a function is null or listed twice");
            }

            if (function.Capabilities.Any(item => item is null) || function.Findings.Any(item => item is null)
                || function.Config.Any(item => item is null) || function.Mailboxes.Any(item => item is null || item.Features.Any(feature => feature is null)))
            {
                throw Bad("inventory", $"a list of function {function.Address} holds null");
            }

            if (function.ConfigSize is < 0 or > 4096 || function.Mailboxes.Any(item => item.Offset is < 0 or > 4095)
                || function.Capabilities.Any(item => item.Offset is < 0 or > 4095 || item.Length < 0)
                || function.Config.Any(item => item.Offset is < 0 or > 4095 || item.Hex.Length > 8192 || !item.Hex.All(char.IsAsciiHexDigit)))
            {
                throw Bad("inventory", $"a number of function {function.Address} is outside configuration space");
            }
        }
    }

    public static void Check(StateReport report)
    {
        if (report.Claims.Any(item => item is null) || report.Policies.Any(item => item is null))
        {
            throw Bad("state", "a list holds null");
        }

        if (report.SpoolTrouble is { Length: > LongestTrouble })
        {
            throw Bad("state", $"what its disk does not take is longer than {LongestTrouble} characters");
        }

        if (report.Claims.Any(claim => claim.Offset is < 0 or > 4095 || claim.Length is < 1 or > 4096))
        {
            throw Bad("state", "a claim is outside configuration space");
        }
    }

    private static HubException Bad(string report, string why) => new($"The {report} report was refused: {why}.");
}
