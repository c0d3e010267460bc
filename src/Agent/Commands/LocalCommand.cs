using System.CommandLine;
using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Pci;

namespace Fleet.Agent.Commands;

/// <summary>What the commands over the socket have in common: where the agent is, and how answers are shown.</summary>
internal static class LocalCommand
{
    public const string DefaultRunDirectory = "/run/pcifleet";

    public static Option<bool> Json() => new("--json") { Description = "Answer as JSON, for programs." };

    public static Option<string> Run() => new("--run")
    {
        Description = "Run directory of the agent; its socket is agent.sock in it.",
        DefaultValueFactory = _ => DefaultRunDirectory,
    };

    /// <summary>Adds the shared options and runs the body with a client; errors become one line and an exit code.</summary>
    public static Command Add(Command command, Func<LocalCall, Task<int>> body)
    {
        Option<bool> json = Json();
        Option<string> run = Run();
        command.Options.Add(json);
        command.Options.Add(run);
        command.SetAction(async (result, ct) =>
        {
            using LocalClient client = new(Path.Combine(result.GetValue(run)!, "agent.sock"));
            try
            {
                return await body(new LocalCall(client, result, result.GetValue(json), ct));
            }
            catch (LocalApiException e)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(TextTable.Printable(e.Message));
                return e.ExitCode;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    /// <summary>The function an argument names, in full or short (01:00.0).</summary>
    public static Argument<string> Address() => new("address")
    {
        Description = "The function: DDDD:BB:DD.F, or BB:DD.F in domain 0.",
        CompletionSources = { AddressCompletion.Complete },
    };

    /// <exception cref="LocalApiException">It is not an address.</exception>
    public static PciAddress Address(string text) => AddressText.TryParse(text, out PciAddress address)
        ? address
        : throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not a PCI address; write DDDD:BB:DD.F, as in 0000:01:00.0, or 01:00.0.");

    /// <exception cref="LocalApiException">It is not a number.</exception>
    public static int Offset(string text) => Notation.TryNumber(text, out int number)
        ? number
        : throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not an offset; write 0x200 or 512.");

    /// <summary>A duration, if there is one.</summary>
    /// <exception cref="LocalApiException">It is not one.</exception>
    public static TimeSpan? Duration(string? text) => text is null ? null : Notation.TryDuration(text, out TimeSpan? duration)
        ? duration
        : throw new LocalApiException(ExitCodes.Usage, $"'{text}' is not a duration; write 45s, 30m or 2h.");

    /// <summary>One line of JSON.</summary>
    public static string ToJsonLine(object value) => JsonSerializer.Serialize(value, AgentJson.Options.GetTypeInfo(value.GetType()));

    public static string ToJson(object value) => JsonSerializer.Serialize(value, AgentJson.Indented.GetTypeInfo(value.GetType()));
}
