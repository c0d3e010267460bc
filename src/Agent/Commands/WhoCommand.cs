using System.CommandLine;
using System.Globalization;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>'who': who touches what, live.</summary>
internal static class WhoCommand
{
    // Home, and clear to the end: the screen keeps still where nothing changed.
    private const string Home = "\u001b[H";
    private const string ClearLine = "\u001b[K";
    private const string ClearRest = "\u001b[J";
    private const string ClearAll = "\u001b[2J";

    public static Command Create()
    {
        Argument<string?> address = new("address")
        {
            Description = "Only this function.",
            Arity = ArgumentArity.ZeroOrOne,
            CompletionSources = { AddressCompletion.Complete },
        };
        Option<bool> once = new("--once") { Description = "Look for one interval, show it, and end." };
        Option<double> interval = new("--interval") { Description = "Seconds between two pictures, 0.1 to 3600.", DefaultValueFactory = _ => 1 };
        Command command = new("who", """
            Shows who touches which function, as it happens, refreshed until Ctrl-C.

            On a terminal the picture stays in place; elsewhere each interval that saw something is written below the last.
            With --json it is one object a line for each interval.

            Examples:
              fleet-agent who
              fleet-agent who 01:00.0 --interval 5
              fleet-agent who --once
              fleet-agent who --json | jq -c '.accesses[] | select(.decision == "refuse")'
            """);
        command.Arguments.Add(address);
        command.Options.Add(once);
        command.Options.Add(interval);
        return LocalCommand.Add(command, async call =>
        {
            double seconds = call.Arguments.GetValue(interval);
            string query = string.Create(CultureInfo.InvariantCulture, $"/v1/who?seconds={seconds}");
            if (call.Arguments.GetValue(address) is { } text)
            {
                query += $"&function={LocalCommand.Address(text)}";
            }

            return await WatchAsync(call, query, call.Arguments.GetValue(once));
        });
    }

    private static async Task<int> WatchAsync(LocalCall call, string query, bool once)
    {
        bool inPlace = call.Terminal && !once;
        if (inPlace)
        {
            await call.Output.WriteAsync(ClearAll);
        }

        try
        {
            await foreach (AccessWindow window in call.Client.ReadLinesAsync<AccessWindow>(query, call.Cancellation))
            {
                if (call.Json)
                {
                    await call.Output.WriteLineAsync(LocalCommand.ToJsonLine(window));
                }
                else if (inPlace)
                {
                    await call.Output.WriteAsync(InPlace(WhoText.Write(window, call.Width, Math.Max(Console.WindowHeight - 1, 5))));
                }
                else if (once || window.Accesses.Count > 0)
                {
                    await call.Output.WriteLineAsync(WhoText.Write(window, int.MaxValue, int.MaxValue));
                }

                await call.Output.FlushAsync(call.Cancellation);
                if (once)
                {
                    return ExitCodes.Done;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Done; // Ctrl-C is how one ends it.
        }

        return await call.FailAsync("The agent has stopped", null);
    }

    private static string InPlace(string picture) => Home + picture.Replace("\n", ClearLine + "\n", StringComparison.Ordinal) + ClearRest;
}
