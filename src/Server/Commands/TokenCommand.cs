using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Commands;

/// <summary>fleet-server token create: asks the running server, with the administrator's token from its data directory.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        Option<string> data = new("--data") { Description = "Data directory of the running server", DefaultValueFactory = _ => ".data" };
        Option<int> uses = new("--uses") { Description = "How many hosts may join with it", DefaultValueFactory = _ => 1 };
        Option<string> ttl = new("--ttl") { Description = "How long it holds: 90s, 30m, 1h, 7d", DefaultValueFactory = _ => "1h" };
        Option<string?> note = new("--note") { Description = "What it is for" };
        Command create = new("create", "Makes a join token and prints it; it cannot be shown again.") { data, uses, ttl, note };
        create.SetAction(async (result, ct) =>
        {
            if (!Duration.TryParse(result.GetValue(ttl), out TimeSpan lifetime))
            {
                await Console.Error.WriteLineAsync($"fleet-server: --ttl {result.GetValue(ttl)} is not a duration such as 90s, 30m, 1h or 7d.");
                return 2;
            }

            CreateJoinToken request = new(result.GetValue(uses), (int)Math.Min(lifetime.TotalSeconds, int.MaxValue), result.GetValue(note));
            return await AskAsync(result.GetValue(data)!, request, ct);
        });
        return new Command("token", "Join tokens.") { create };
    }

    private static async Task<int> AskAsync(string data, CreateJoinToken request, CancellationToken ct)
    {
        try
        {
            using JsonDocument endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "server-endpoints.json"), ct));
            string admin = (await File.ReadAllTextAsync(Path.Combine(data, AdminToken.File), ct)).Trim();
            using HttpClient http = new() { BaseAddress = new Uri(endpoints.RootElement.GetProperty("http").GetString()! + "/") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
            JoinTokenCreated created = await new FleetApi(http).CreateJoinTokenAsync(request, ct);
            await Console.Out.WriteLineAsync(created.Token);
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"fleet-server: no server has run with {Path.GetFullPath(data)}, or it is not yours to read: {error.Message} Give its data directory with --data.");
        }
        catch (JsonException error)
        {
            await Console.Error.WriteLineAsync($"fleet-server: server-endpoints.json in {Path.GetFullPath(data)} cannot be read: {error.Message}");
        }
        catch (FleetApiException error)
        {
            await Console.Error.WriteLineAsync($"fleet-server: {error.Message} Is the server of {Path.GetFullPath(data)} running?");
        }

        return 1;
    }
}
