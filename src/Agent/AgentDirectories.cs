using Fleet.Agent.Linux;
using Fleet.Agent.Uplink;

namespace Fleet.Agent;

/// <summary>The two directories an agent lives in: what it keeps, and where others find it.</summary>
internal static class AgentDirectories
{
    /// <summary>Makes both, and takes the lock that keeps a second agent out of the one in which others find it.</summary>
    /// <exception cref="AgentStartException">One cannot be used; the message says what to do.</exception>
    public static AgentLock Prepare(AgentOptions options, ILogger log)
    {
        try
        {
            Directory.CreateDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string probe = Path.Combine(options.DataDirectory, ".writable");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (DiskState.Refuses(e))
        {
            log.DataDirectoryRefuses(options.DataDirectory, e.Message); // It passes; to decide cannot wait for it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException(IdentityFiles.NotWritable(options.DataDirectory, e).Message, e);
        }

        try
        {
            Directory.CreateDirectory(options.RunDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"The run directory {options.RunDirectory} cannot be made: {e.Message} Choose another with --run.", e);
        }

        return AgentLock.TryTake(Path.Combine(options.RunDirectory, "agent.lock"), out string holder)
            ?? throw new AgentStartException($"Another agent runs in {options.RunDirectory}: {holder}. Stop it, or choose another directory with --run.");
    }
}
