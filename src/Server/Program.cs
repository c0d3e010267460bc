// fleet-server: the control plane of the fleet. What the process consists of is listed in ServerApp; commands are in Commands/.
using System.CommandLine;
using Fleet.Server.Commands;

RootCommand root = new("The server of a PCI fleet: agents connect to it, operators and Prometheus ask it.")
{
    RunCommand.Create(),
    TokenCommand.Create(),
    ApiTokenCommand.Create(),
    SignInCommand.Create(),
    MaintenanceCommands.CreateCheck(),
    MaintenanceCommands.CreateBackup(),
    MaintenanceCommands.CreateRestore(),
    AuthorityCommand.Create(),
};

// Agents are told to go elsewhere, and what is under way is finished.
const int WrongUsage = 2;
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
ParseResult given = root.Parse(args);
int code = await given.InvokeAsync(configuration);
return given.Errors.Count > 0 ? WrongUsage : code;
