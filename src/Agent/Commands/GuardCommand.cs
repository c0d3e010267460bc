using System.CommandLine;
using System.Net.Sockets;
using Fleet.Agent.Guardian;
using Fleet.Agent.Linux;
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

        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult arguments, CancellationToken ct)
    {
        string directory = Path.GetFullPath(arguments.GetValue(Run)!);
        TextWriter error = arguments.InvocationConfiguration.Error;
        try
        {
            return arguments.GetValue(End) ? EndAsync(directory, error) : Task.Run(() => Guard(directory, arguments.GetValue(Foreground), arguments, ct), ct);
        }
        catch (OperationCanceledException)
        {
            return Task.FromResult(ExitCodes.Done);
        }
    }

    private static async Task<int> EndAsync(string directory, TextWriter error)
    {
        try
        {
            using GuardianLink? link = GuardianLink.TryConnect(directory, out (Keeping Keeping, Fuse.Requests.FuseConnection Connection)? left);
            left?.Connection.Dispose();
            link?.End();
            return ExitCodes.Done;
        }
        catch (IOException e)
        {
            await error.WriteLineAsync($"{e.Message} Stop the agent first; it takes its guardian along.");
            return ExitCodes.CannotStart;
        }
    }

    private static int Guard(string directory, bool foreground, ParseResult arguments, CancellationToken ct)
    {
        TextWriter error = arguments.InvocationConfiguration.Error;
        try
        {
            Directory.CreateDirectory(directory);
            using AgentLock? only = AgentLock.TryTake(GuardianProtocol.LockIn(directory), out string holder);
            if (only is null)
            {
                error.WriteLine($"Another guardian runs in {directory}: {holder}.");
                return ExitCodes.CannotStart;
            }

            using ILoggerFactory logs = RunCommand.CreateLogs();
            using GuardianServer server = GuardianServer.Listen(directory, TimeProvider.System, logs.CreateLogger("Fleet.Guardian"));
            arguments.InvocationConfiguration.Output.WriteLine(GuardianLaunch.Ready);
            arguments.InvocationConfiguration.Output.Flush();
            if (!foreground)
            {
                Background.Enter(Path.Combine(directory, "guardian.log"));
            }

            server.Run(ct);
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            error.WriteLine($"The guardian cannot run in {directory}: {e.Message}");
            return ExitCodes.CannotStart;
        }
    }
}
