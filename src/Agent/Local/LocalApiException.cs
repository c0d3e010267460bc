namespace Fleet.Agent.Local;

/// <summary>A command could not be done; the message is for the person who typed it.</summary>
internal sealed class LocalApiException(int exitCode, string message) : IOException(message)
{
    public int ExitCode => exitCode;
}
