using System.Net.Sockets;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Agent.Local;

/// <summary>Talks to the agent of this host over its socket.</summary>
internal sealed class LocalClient : IDisposable
{
    private readonly string _path;
    private readonly HttpClient _http;

    public LocalClient(string path)
    {
        _path = path;
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, ct) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://agent"), Timeout = TimeSpan.FromMinutes(5) };
    }

    public Task<T> GetAsync<T>(string path, CancellationToken ct) => SendAsync<T>(HttpMethod.Get, path, null, ct);

    public Task<T> PostAsync<T>(string path, object body, CancellationToken ct) => SendAsync<T>(HttpMethod.Post, path, body, ct);

    public Task<T> DeleteAsync<T>(string path, CancellationToken ct) => SendAsync<T>(HttpMethod.Delete, path, null, ct);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), null, FleetJson.Options);
        }

        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, ct);
            if (response.IsSuccessStatusCode)
            {
                return (await response.Content.ReadFromJsonAsync<T>(FleetJson.Options, ct))!;
            }

            string text = await response.Content.ReadAsStringAsync(ct);
            throw new LocalApiException(ExitCodes.Refused, TryDetail(text) ?? $"The agent answered HTTP {(int)response.StatusCode}.");
        }
        catch (HttpRequestException e) when (e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new LocalApiException(ExitCodes.NoAgent, $"You may not use the agent's socket {_path}; run this as root.");
        }
        catch (HttpRequestException e)
        {
            throw new LocalApiException(
                ExitCodes.NoAgent,
                $"No agent listens at {_path} ({e.GetBaseException().Message}); start it with 'fleet-agent run --server … --token …', or name its run directory with --run.");
        }
        catch (JsonException e)
        {
            throw new LocalApiException(ExitCodes.NoAgent, $"What listens at {_path} does not answer as an agent does: {e.Message}");
        }
    }

    private static string? TryDetail(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalProblem>(text, FleetJson.Options)?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
