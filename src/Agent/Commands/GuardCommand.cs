using System.CommandLine;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Guardian;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>'guard': the guardian of a run directory. 'run' starts it; under a service manager it is a unit of its own.</summary>
internal static class GuardCommand
{
    private static readonly Option<string> Run = LocalCommand.Run();
    private static readonly Option<bool> End = new("--end") { Description = "Tell the guardian that runs there to take its mounts off and end." };
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
                ? EndGuardian(directory, arguments.InvocationConfiguration.Error)
                : GuardianProgram.Run(directory, arguments.GetValue(Foreground));
        });
        return command;
    }

    private static int EndGuardian(string directory, TextWriter error)
    {
        try
        {
            using GuardianLink? link = GuardianLink.TryConnect(directory, out (Keeping Keeping, FuseConnection Connection)? left);
            left?.Connection.Dispose();
            link?.End();
            return ExitCodes.Done;
        }
        catch (IOException e)
        {
            error.WriteLine($"{e.Message} Stop the agent first; it takes its guardian along.");
            return ExitCodes.CannotStart;
        }
    }
}
