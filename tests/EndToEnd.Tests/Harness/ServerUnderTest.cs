using Fleet.Client;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>A real fleet-server of one test, which may kill it and start it again on the same ports.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private Daemon _daemon;
    private HttpClient? _client;

    private readonly string[] _more;

    private ServerUnderTest(string data, string http, string agents, string[] more)
    {
        _more = more;
        Data = data;
        Http = new Uri($"http://{http}/");
        Agents = $"https://{agents}";
        _daemon = Launch();
    }

    public string Data { get; }

    public Uri Http { get; }

    /// <summary>What agents take as --server.</summary>
    public string Agents { get; }

    public string Said => _daemon.Said;

    public IFleetApi Api => new FleetApi(_client ??= Harness.Api.Connect(Http, Data));

    public static async Task<ServerUnderTest> StartAsync(string data, params string[] more)
    {
        ServerUnderTest server = new(data, $"127.0.0.1:{Ports.Free()}", $"127.0.0.1:{Ports.Free()}", more);
        await server.ReadyAsync();
        return server;
    }

    public async Task<string> TokenAsync(int uses = 1) => (await Api.CreateJoinTokenAsync(new CreateJoinToken(uses))).Token;

    /// <summary>kill -9, for good.</summary>
    public Task KillAsync() => _daemon.KillAsync();

    /// <summary>kill -9, then a new process on the same data and ports; between them, what is given.</summary>
    public async Task KillAndStartAsync(Func<Task>? between = null)
    {
        await _daemon.KillAsync();
        await _daemon.DisposeAsync();
        if (between is not null)
        {
            await between();
        }

        _daemon = Launch();
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _daemon.DisposeAsync();
    }

    private Daemon Launch() => Daemon.Start(
        Places.Server, ["run", "--http", Http.Authority, "--agents", new Uri(Agents).Authority, "--data", Data, .. _more]);

    private Task ReadyAsync() => _daemon.UntilAsync(
        async () =>
        {
            try
            {
                using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
                using HttpResponseMessage answer = await http.GetAsync(new Uri(Http, "healthz"));
                return answer.IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        },
        TimeSpan.FromMinutes(3),
        "it answered /healthz");
}
