using System.Net.Http.Headers;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Server.Identity;

namespace Fleet.Server.Commands;

/// <summary>Asks the server that runs on a data directory, with the administrator's token that lies there.</summary>
internal static class RunningServer
{
    /// <returns>What it answered; null when none runs there.</returns>
    public static async Task<T?> AskAsync<T>(string data, string path, CancellationToken ct)
        where T : class
    {
        try
        {
            using JsonDocument endpoints = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "server-endpoints.json"), ct));
            string admin = (await File.ReadAllTextAsync(Path.Combine(data, AdminToken.File), ct)).Trim();
            using HttpClient http = new() { BaseAddress = new Uri(endpoints.RootElement.GetProperty("http").GetString()! + "/"), Timeout = TimeSpan.FromSeconds(5) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
            return await http.GetFromJsonAsync<T>(path, FleetJson.Options, ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or HttpRequestException || (error is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }
}
