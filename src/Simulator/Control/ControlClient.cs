using System.Net.Sockets;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Control;

/// <summary>Steers a running simulator.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly string _path;
    private readonly HttpClient _http;

    public ControlClient(string dataDirectory)
    {
        _path = ControlServer.PathIn(dataDirectory);
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, ct) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://sim"), Timeout = TimeSpan.FromMinutes(30) };
    }

    /// <summary>Sends a command; the answer and whether it was carried out.</summary>
    public async Task<(bool Done, string Message)> PostAsync(string path, CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path);
        (bool ok, string text) = await SendAsync(request, ct);
        return (ok, JsonSerializer.Deserialize<ControlAnswer>(text, FleetJson.Options)?.Message ?? text);
    }

    public async Task<SimStatus> StatusAsync(CancellationToken ct)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/status");
        (_, string text) = await SendAsync(request, ct);
        return JsonSerializer.Deserialize<SimStatus>(text, FleetJson.Options)!;
    }

    public void Dispose() => _http.Dispose();

    private async Task<(bool Ok, string Text)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, ct);
            return (response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(ct));
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"No simulator listens at {_path} ({e.GetBaseException().Message}); start one with 'fleet-sim run --data DIR'.", e);
        }
    }
}
