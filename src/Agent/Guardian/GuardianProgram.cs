using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;

namespace Fleet.Agent.Guardian;

/// <summary>The guardian as a process. It comes by a way of its own through Program: what it does not load, it does not hold.</summary>
internal static class GuardianProgram
{
    /// <summary>Whether the arguments are the ones that <see cref="GuardianLaunch"/> gives.</summary>
    public static bool IsFor(string[] arguments) => arguments is [GuardianLaunch.Command, GuardianLaunch.RunOption, _];

    /// <summary>Guards a run directory until it is told to end or has nothing left to keep.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="foreground">True to stay in the session and log to it.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string directory, bool foreground)
    {
        using CancellationTokenSource stopping = new();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }

        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            Directory.CreateDirectory(directory);
            using AgentLock? only = AgentLock.TryTake(GuardianProtocol.LockIn(directory), out string holder);
            if (only is null)
            {
                return Fail($"Another guardian runs in {directory}: {holder}.");
            }

            using GuardianServer server = GuardianServer.Listen(directory, TimeProvider.System, new LineLog(TimeProvider.System));
            Background.WriteOutput(Encoding.UTF8.GetBytes(GuardianLaunch.Ready + "\n"));
            if (!foreground)
            {
                Background.Enter(Path.Combine(directory, "guardian.log"));
            }

            server.Run(stopping.Token);
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            return Fail($"The guardian cannot run in {directory}: {e.Message}");
        }
    }

    private static int Fail(string why)
    {
        Background.WriteError(Encoding.UTF8.GetBytes(why + "\n"));
        return ExitCodes.CannotStart;
    }
}
