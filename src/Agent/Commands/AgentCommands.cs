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
              fleet-agent devices doe:"0001:01"
              fleet-agent device 01:00.0
              fleet-agent who
              fleet-agent claim 01:00.0 --capability pcie --reason "link training" --for 30m
              fleet-agent doe discover 01:00.0

            {ExitCodes.Help}
            """);
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(GuardCommand.Create());
        root.Subcommands.Add(StateCommand.Create());
        root.Subcommands.Add(AttestCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(DevicesCommand.Create());
        root.Subcommands.Add(DeviceCommand.Create());
        root.Subcommands.Add(WhoCommand.Create());
        root.Subcommands.Add(ClaimsCommand.Create());
        root.Subcommands.Add(ClaimCommand.Create());
        root.Subcommands.Add(ReleaseCommand.Create());
        root.Subcommands.Add(LeaseCommands.Create());
        root.Subcommands.Add(DoeCommands.Create());
        root.Subcommands.Add(HoldCommands.Create());
        root.Subcommands.Add(RecorderCommands.Create());
        root.Subcommands.Add(QuarantineCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        return root;
    }
}
