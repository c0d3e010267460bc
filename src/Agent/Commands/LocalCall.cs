using System.CommandLine;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>One invocation of a command over the socket.</summary>
internal sealed record LocalCall(LocalClient Client, ParseResult Arguments, bool Json, CancellationToken Cancellation)
{
    private const int DefaultWidth = 132;

    public TextWriter Output => Arguments.InvocationConfiguration.Output;

    public TextWriter Error => Arguments.InvocationConfiguration.Error;

    /// <summary>Whether a person looks at the output; never so when it is piped, redirected or JSON.</summary>
    public bool Terminal => !Json && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>How wide text may be: the terminal's width, or enough for a file.</summary>
    public int Width => Terminal ? Math.Max(Console.WindowWidth, 40) : DefaultWidth;

    /// <summary>Shows a value as JSON or by the text given.</summary>
    public async Task<int> ShowAsync(object value, Func<string> text)
    {
        await Output.WriteLineAsync(Json ? LocalCommand.ToJson(value) : text().TrimEnd());
        return ExitCodes.Done;
    }

    /// <summary>Says on stderr why the agent's answer is no success; the answer itself is on stdout for programs.</summary>
    public async Task<int> FailAsync(string failure, string? detail)
    {
        await Error.WriteLineAsync(TextTable.Printable(string.IsNullOrEmpty(detail) ? failure : $"{failure}: {detail}"));
        return ExitCodes.Refused;
    }
}
