using System.CommandLine;
using System.Text.Json;
using Fleet.Agent.Local;
using Fleet.Contracts;

namespace Fleet.Agent.Commands;

/// <summary>What the commands over the socket have in common: where the agent is, and how answers are shown.</summary>
internal static class LocalCommand
{
    public const string DefaultRunDirectory = "/run/pcifleet";
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

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
                await result.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return e.ExitCode;
            }
        });
        return command;
    }

    public static string ToJson(object value) => JsonSerializer.Serialize(value, value.GetType(), Indented);
}
