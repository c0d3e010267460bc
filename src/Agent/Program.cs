// fleet-agent: 'run' composes AgentHost over this machine's hardware; every other command talks to it over its socket.
// See docs/ARCHITECTURE.md for the way of an access and of an event through the rooms.
using System.CommandLine;
using Fleet.Agent.Commands;
using Fleet.Agent.Guardian;

if (GuardianProgram.IsFor(args))
{
    return GuardianProgram.Run(args[2], foreground: false);
}

// Unmounting and flushing the spool take longer than the two seconds that are the default.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) };
return await AgentCommands.Create().Parse(args).InvokeAsync(configuration);
