using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Contracts;

namespace Fleet.Simulator.Load;

/// <summary>The server as an operator sees it, while it is under load: how soon events can be read, how quick lists are, whether anything fails.</summary>
internal sealed class ServerApi : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Looked = ["hosts?limit=100", "overview", "events?limit=100", "functions?limit=100"];
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public ServerApi(Uri api, string token, TimeProvider time)
    {
        _http = new HttpClient { BaseAddress = new Uri(api, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _time = time;
    }

    /// <summary>How long a request took.</summary>
    public Histogram Answers { get; } = new();

    /// <summary>Requests that failed or were not answered with success.</summary>
    public long Failures { get; private set; }

    /// <summary>The last failure, for people.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Hosts by state, as the server said last.</summary>
    public IReadOnlyDictionary<string, int> States { get; private set; } = new Dictionary<string, int>();

    /// <summary>The most hosts that were ever said to be silent.</summary>
    public int MostSilent { get; private set; }

    /// <summary>Makes a join token, as 'fleet-server token create' does.</summary>
    public async Task<string> CreateTokenAsync(int hosts, CancellationToken ct)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(
            "join-tokens", new CreateJoinToken(hosts, 3600, "fleet-sim load"), FleetJson.Options, ct);
        if (!response.IsSuccessStatusCode)
        {
            throw new IOException($"The server makes no join token: {await response.Content.ReadAsStringAsync(ct)} Give one with --token-file.");
        }

        JoinTokenCreated created = await response.Content.ReadFromJsonAsync<JoinTokenCreated>(FleetJson.Options, ct) ?? throw new JsonException("null");
        return created.Token;
    }

    /// <summary>Finds out whether a server answers there and takes the token, before thousands of hosts are let loose.</summary>
    /// <exception cref="IOException">It does not; the message says what to do.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync("hosts?limit=1", ct);
            if (!response.IsSuccessStatusCode)
            {
                throw new IOException(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? $"The server at {Place} does not take the API token (HTTP {(int)response.StatusCode}). Give one that may read with --api-token-file; admin.token in the server's data directory does."
                    : $"What answers at {Place} is no fleet-server that works: HTTP {(int)response.StatusCode}. Check --api, and the server's log.");
            }
        }
        catch (HttpRequestException error)
        {
            throw new IOException($"No server answers operators at {Place}: {error.GetBaseException().Message}. Start it (fleet-server run), or give where it is with --api or --server-data.", error);
        }
    }

    /// <summary>Every host that the server lists.</summary>
    public Task<List<HostView>> ReadHostsAsync(CancellationToken ct) => ReadAsync<HostView>("hosts?limit=5000", ct);

    /// <summary>How many of these hosts' functions have been attested, with whatever outcome, and how many failed.</summary>
    public async Task<(int Attested, int Failed)> CountAttestedAsync(IReadOnlySet<HostId> hosts, CancellationToken ct)
    {
        List<AttestationView> ours = (await ReadAsync<AttestationView>("attestations?limit=5000", ct)).FindAll(view => hosts.Contains(view.Host));
        return (ours.Count(view => view.Attestation is not null), ours.Count(view => view.State is AttestationState.Failed));
    }

    /// <summary>Reads back what is stored since a moment, the newest first.</summary>
    public async Task ReadEventsAsync(DateTimeOffset since, Action<IReadOnlyList<FleetEvent>> page, CancellationToken ct) =>
        await PagesAsync($"events?limit=1000&since={Uri.EscapeDataString(since.ToString("O", CultureInfo.InvariantCulture))}", page, ct);

    /// <summary>Asks what a dashboard asks, twice a second.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(Interval, _time);
        try
        {
            for (int turn = 0; await timer.WaitForNextTickAsync(ct); turn++)
            {
                await AskAsync(Looked[turn % Looked.Length], ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>Follows the stream of events and measures how long after its making each arrives here.</summary>
    /// <param name="skewOf">By how much a host's clock is off.</param>
    /// <param name="arrived">Is told of each host and delay.</param>
    /// <param name="ct">Ends it.</param>
    public async Task FollowAsync(Func<HostId, TimeSpan?> skewOf, Action<HostId, TimeSpan> arrived, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Get, "events/stream");
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
                using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
                response.EnsureSuccessStatusCode();
                using StreamReader lines = new(await response.Content.ReadAsStreamAsync(ct));
                while (await lines.ReadLineAsync(ct) is { } line)
                {
                    if (line.Length > 0 && Made(line, skewOf) is { } made)
                    {
                        arrived(made.Host, _time.GetUtcNow() - made.At);
                    }
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                Fail($"the stream of events: {error.Message}");
                await Task.Delay(Interval, _time, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private string Place => _http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private async Task<List<T>> ReadAsync<T>(string path, CancellationToken ct)
    {
        List<T> all = [];
        await PagesAsync<T>(path, all.AddRange, ct);
        return all;
    }

    private async Task PagesAsync<T>(string path, Action<IReadOnlyList<T>> take, CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            Page<T> page = await _http.GetFromJsonAsync<Page<T>>(
                $"{path}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", FleetJson.Options, ct) ?? throw new JsonException("The server answered a list with null.");
            take(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    // Events that the server made itself have no epoch above 0 and say nothing of the way.
    private static (HostId Host, DateTimeOffset At)? Made(string line, Func<HostId, TimeSpan?> skewOf)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("event", out JsonElement told) && told.GetProperty("epoch").GetInt64() > 0
            && HostId.TryParse(told.GetProperty("host").GetString(), out HostId host) && skewOf(host) is { } skew
                ? (host, told.GetProperty("time").GetDateTimeOffset() - skew)
                : null;
    }

    private async Task AskAsync(string what, CancellationToken ct)
    {
        long start = _time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(what, ct);
            byte[] body = await response.Content.ReadAsByteArrayAsync(ct);
            Answers.Add(_time.GetElapsedTime(start));
            if (!response.IsSuccessStatusCode)
            {
                Fail($"{what}: HTTP {(int)response.StatusCode}");
            }
            else if (what is "overview")
            {
                States = FleetJson.Read<OverviewView>(body)?.Hosts ?? States;
                MostSilent = Math.Max(MostSilent, States.GetValueOrDefault("silent"));
            }
        }
        catch (HttpRequestException error)
        {
            Fail($"{what}: {error.Message}");
        }
    }

    private void Fail(string what)
    {
        Failures++;
        LastFailure = what;
    }
}
