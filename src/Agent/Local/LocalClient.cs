using System.Net.Sockets;
using System.Runtime.CompilerServices;
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

    /// <summary>Reads an answer that comes line by line, until it ends.</summary>
    public async IAsyncEnumerable<T> ReadLinesAsync<T>(string path, [EnumeratorCancellation] CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using HttpResponseMessage response = await AskAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(ct));
        while (await ReadLineAsync(reader, ct) is { } line)
        {
            yield return Parse<T>(line);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, AgentJson.Options.GetTypeInfo(body.GetType()));
        }

        using HttpResponseMessage response = await AskAsync(request, HttpCompletionOption.ResponseContentRead, ct);
        return Parse<T>(await response.Content.ReadAsStringAsync(ct));
    }

    /// <summary>Sends a request; what is no success is an exception with the agent's own words.</summary>
    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken ct)
    {
        try
        {
            HttpResponseMessage response = await _http.SendAsync(request, completion, ct);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                string text = await response.Content.ReadAsStringAsync(ct);
                throw new LocalApiException(ExitCodes.Refused, TryDetail(text) ?? $"The agent answered HTTP {(int)response.StatusCode}.");
            }
        }
        catch (HttpRequestException e) when (e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new LocalApiException(ExitCodes.NoAgent, $"You may not use the agent's socket {_path}; run this as root.");
        }
        catch (HttpRequestException e)
        {
            throw new LocalApiException(
                ExitCodes.NoAgent,
                $"No agent listens at {_path} ({(File.Exists(_path) ? e.GetBaseException().Message : "there is no such socket")}); start it with 'fleet-agent run --server … --token …', or name its run directory with --run.");
        }
    }

    private async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadLineAsync(ct);
        }
        catch (IOException e) when (!ct.IsCancellationRequested)
        {
            throw new LocalApiException(ExitCodes.NoAgent, $"The agent at {_path} has gone: {e.Message}");
        }
    }

    private T Parse<T>(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, AgentJson.Type<T>())!;
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
            return JsonSerializer.Deserialize(text, AgentJson.Type<LocalProblem>())?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
