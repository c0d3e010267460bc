using System.CommandLine;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>The command line of fleet-agent: 'run' is the agent, the others talk to it over its socket.</summary>
internal static class AgentCommands
{
    public static RootCommand Create()
    {
        RootCommand root = new($"""
            Brokers PCI configuration space and DOE mailboxes of this host.

            Examples:
              fleet-agent run --server https://fleet.example:8443 --token fleetjoin_… --data /var/lib/pcifleet
              fleet-agent devices
              fleet-agent claim 0000:01:00.0 0x208+16 --reason "firmware update" --for 30m
              fleet-agent doe discover 0000:01:00.0 0x200

            {ExitCodes.Help}
            """);
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(DeviceCommands.Devices());
        root.Subcommands.Add(DeviceCommands.Device());
        root.Subcommands.Add(ClaimCommands.Claims());
        root.Subcommands.Add(ClaimCommands.Claim());
        root.Subcommands.Add(ClaimCommands.Release());
        root.Subcommands.Add(DoeCommands.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        return root;
    }
}
