using System.CommandLine;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Guardian;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>'guard': the guardian of a run directory. 'run' starts it; under a service manager it is a unit of its own.</summary>
internal static class GuardCommand
{
    private static readonly Option<string> Run = LocalCommand.Run();
    private static readonly Option<bool> End = new("--end") { Description = "Take off the mounts of an agent that is gone: by the guardian that runs there, which ends then, or without one." };
    private static readonly Option<bool> Foreground = new("--foreground") { Description = "Stay in this session and log to it, for a service manager." };

    public static Command Create()
    {
        Command command = new(GuardianLaunch.Command, """
            Keeps the mirror of an agent that dies. 'fleet-agent run' starts it when --on-agent-death asks for one.

            Examples:
              fleet-agent guard --foreground
              fleet-agent guard --end
            """);
        foreach (Option option in new Option[] { Run, End, Foreground })
        {
            command.Options.Add(option);
        }

        command.SetAction(arguments =>
        {
            string directory = Path.GetFullPath(arguments.GetValue(Run)!);
            return arguments.GetValue(End)
                ? EndGuardian(directory, arguments.InvocationConfiguration)
                : GuardianProgram.Run(directory, arguments.GetValue(Foreground));
        });
        return command;
    }

    private static int EndGuardian(string directory, InvocationConfiguration console)
    {
        try
        {
            using GuardianLink? link = GuardianLink.TryConnect(directory, out (Keeping Keeping, FuseConnection Connection)? left);
            left?.Connection.Dispose();
            link?.End();
            return link is null ? RemoveDead(directory, console) : ExitCodes.Done;
        }
        catch (IOException e)
        {
            console.Error.WriteLine($"{e.Message} Stop the agent first; it takes its guardian along.");
            return ExitCodes.CannotStart;
        }
    }

    // There was no guardian, or it was killed as well. The agent's lock says that nobody serves them.
    private static int RemoveDead(string directory, InvocationConfiguration console)
    {
        if (!Directory.Exists(directory))
        {
            return ExitCodes.Done;
        }

        using AgentLock? nobody = AgentLock.TryTake(Path.Combine(directory, "agent.lock"), out string holder);
        if (nobody is null)
        {
            console.Error.WriteLine($"An agent runs in {directory}: {holder}. Stop it first; it takes its mounts along.");
            return ExitCodes.CannotStart;
        }

        foreach (string dead in MountTable.RemoveDead(type: null, Path.Combine(directory, "pci")))
        {
            console.Output.WriteLine($"Took {dead} off.");
        }

        return ExitCodes.Done;
    }
}
