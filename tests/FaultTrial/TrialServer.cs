using System.Net;
using System.Net.Http.Headers;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Testing;

namespace Fleet.FaultTrial;

/// <summary>A real fleet-server that is killed and started again on the same data and ports.</summary>
internal sealed class TrialServer : IDisposable
{
    private readonly Child _child;
    private readonly string _data;
    private readonly HttpClient _http;

    public TrialServer(string name, string program, string data, string log, params string[] more)
    {
        _data = data;
        (int http, Agents) = (Ports.Free(), new IPEndPoint(IPAddress.Loopback, Ports.Free()));
        _child = new Child(name, log, program, ["run", "--http", $"127.0.0.1:{http}", "--agents", $"{Agents}", "--data", data, .. more]);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public IPEndPoint Agents { get; }

    public Child Child => _child;

    private FleetApi Api
    {
        get
        {
            _http.DefaultRequestHeaders.Authorization ??= new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(_data, "admin.token")).Trim());
            return new FleetApi(_http);
        }
    }

    public async Task StartAsync()
    {
        _child.Start();
        await WaitFor.TrueAsync(
            async () =>
            {
                if (!_child.Runs)
                {
                    throw new InvalidOperationException($"The server ended with {_child.Exit}.");
                }

                try
                {
                    using HttpResponseMessage answer = await _http.GetAsync(new Uri("healthz", UriKind.Relative));
                    return answer.IsSuccessStatusCode;
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            },
            TimeSpan.FromMinutes(2),
            "the server answers /healthz");
    }

    public async Task<string> TokenAsync(int uses) => (await Api.CreateJoinTokenAsync(new CreateJoinToken(uses))).Token;

    /// <summary>Every stored event, in the order in which they were stored.</summary>
    public async Task<IReadOnlyList<FleetEvent>> EventsAsync()
    {
        List<FleetEvent> events = [];
        string? cursor = null;
        do
        {
            Page<FleetEvent> page = await Api.ListEventsAsync(new ListQuery(null, cursor, 500));
            events.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        events.Reverse();
        return events;
    }

    public void Dispose()
    {
        _child.Dispose();
        _http.Dispose();
    }
}
