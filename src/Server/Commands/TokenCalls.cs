using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Client;
using Fleet.Server.Identity;
using Fleet.Server.Identity.ApiTokens;

namespace Fleet.Server.Commands;

/// <summary>Calls a running server with the administrator's token from its data directory, and says what became of it.</summary>
internal static class TokenCalls
{
    private const int Failed = 1;
    private const int WrongUsage = 2;

    /// <param name="result">What was given on the command line.</param>
    /// <param name="option">The option that names the data directory.</param>
    /// <param name="call">What to ask of the server.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="list">The command that lists what the call may not find.</param>
    /// <returns>The exit code; what the call gives is printed.</returns>
    public static async Task<int> TryAsync(
        ParseResult result, Option<string> option, Func<FleetApi, Task<string>> call, CancellationToken ct, string list = "fleet-server token list")
    {
        string data = Path.GetFullPath(result.GetValue(option)!);
        try
        {
            using JsonDocument endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "server-endpoints.json"), ct));
            string admin = (await File.ReadAllTextAsync(Path.Combine(data, AdminToken.File), ct)).Trim();
            using HttpClient http = new() { BaseAddress = new Uri(endpoints.RootElement.GetProperty("http").GetString()! + "/") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
            await result.InvocationConfiguration.Output.WriteLineAsync(await call(new FleetApi(http)));
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return await SayAsync(result, $"no server has run with {data}, or it is not yours to read: {error.Message} Give its data directory with --data.", Failed);
        }
        catch (JsonException error)
        {
            return await SayAsync(result, $"server-endpoints.json in {data} cannot be read: {error.Message}", Failed);
        }
        catch (FleetApiException error)
        {
            string next = error switch
            {
                { Code: FleetApiException.Unreachable } => $" Is the server of {data} running?",
                { Status: HttpStatusCode.NotFound } => $" '{list}' shows those there are.",
                _ => "",
            };
            return await SayAsync(result, error.Message + next, error.Status is HttpStatusCode.BadRequest ? WrongUsage : Failed);
        }
    }

    /// <summary>Goes on with the id of a token. A token itself given in its place must reach no address and no log.</summary>
    public static Task<int> WithIdAsync(
        ParseResult result, Argument<string> argument, Func<string, Task<int>> act, string list = "fleet-server token list", string what = "a join token")
    {
        string given = result.GetValue(argument)!.Trim();
        return given.StartsWith(JoinTokenIssuer.Prefix, StringComparison.Ordinal) || ApiTokenText.LooksLikeOne(given)
            ? WrongUsageAsync(result, $"this is a token itself; give its id, which '{list}' shows.")
            : Guid.TryParse(given, out Guid id)
            ? act(id.ToString("N"))
            : WrongUsageAsync(result, $"'{given}' is no id of {what}: 32 hexadecimal digits, as '{list}' shows them.");
    }

    public static Task<int> WrongUsageAsync(ParseResult result, string what) => SayAsync(result, what, WrongUsage);

    private static async Task<int> SayAsync(ParseResult result, string what, int code)
    {
        await result.InvocationConfiguration.Error.WriteLineAsync($"fleet-server: {what}");
        return code;
    }
}
