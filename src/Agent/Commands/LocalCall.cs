using System.CommandLine;
using Fleet.Agent.Local;

namespace Fleet.Agent.Commands;

/// <summary>One invocation of a command over the socket.</summary>
internal sealed record LocalCall(LocalClient Client, ParseResult Arguments, bool Json, CancellationToken Cancellation)
{
    public TextWriter Output => Arguments.InvocationConfiguration.Output;

    public TextWriter Error => Arguments.InvocationConfiguration.Error;

    /// <summary>Shows a value as JSON or by the text given.</summary>
    public async Task<int> ShowAsync(object value, Func<string> text)
    {
        await Output.WriteLineAsync(Json ? LocalCommand.ToJson(value) : text().TrimEnd());
        return ExitCodes.Done;
    }
}
