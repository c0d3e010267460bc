using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Server.Tests.Admission;

/// <summary>An operator who decides who may come in, through the API.</summary>
internal sealed class Gate(TestServer server) : IDisposable
{
    private readonly HttpClient _http = server.Admin();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FleetApi Api => new(_http);

    public HttpClient Http => _http;

    public Task<Tagged<HostView>> HostAsync(HostId id) => Api.GetHostAsync(id, Ct);

    public async Task<HostView> ActAsync(HostId id, string verb, string reason = "a test says so")
    {
        string tag = (await HostAsync(id)).ETag;
        return verb switch
        {
            "evict" => await Api.EvictHostAsync(id, reason, tag, Ct),
            "ban" => await Api.BanHostAsync(id, reason, tag, Ct),
            _ => await Api.ReadmitHostAsync(id, reason, tag, Ct),
        };
    }

    public async Task<HttpResponseMessage> PostAsync(HostId id, string verb, object body, string? tag, string query = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/api/v1/hosts/{id}:{verb}{query}") { Content = JsonContent.Create(body, options: FleetJson.Options) };
        if (tag is not null)
        {
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(tag));
        }

        return await _http.SendAsync(request, Ct);
    }

    public async Task<IReadOnlyList<AuditView>> AuditAsync(string subject) =>
        (await Api.ListAuditAsync(new ListQuery($"subject:{subject}", null, 200), Ct)).Items;

    public async Task<IReadOnlyList<FleetEvent>> EventsAsync(string filter) => (await Api.ListEventsAsync(new ListQuery(filter, null, 50), Ct)).Items;

    /// <summary>Waits until the scrape shows it: an answer is kept for a moment.</summary>
    public Task ScrapedAsync(string pattern) => WaitFor.TrueAsync(async () => Regex.IsMatch(await _http.GetStringAsync("/metrics", Ct), pattern), null, pattern);

    /// <summary>Whether the agent is let in and its hello answered.</summary>
    public static async Task<bool> ComesInAsync(TestAgent agent, string boot = "boot")
    {
        try
        {
            return (await agent.ConnectAsync(boot: boot)).Refused is null;
        }
        catch (Exception refused) when (refused is WebSocketException or HttpRequestException or HubException or IOException or TaskCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    public static async Task<(HttpStatusCode Status, string Code, string Detail)> ProblemAsync(HttpResponseMessage answer)
    {
        Problem? problem = await answer.Content.ReadFromJsonAsync<Problem>(FleetJson.Options, Ct);
        return (answer.StatusCode, problem?.Code ?? "", problem?.Detail ?? "");
    }

    public void Dispose() => _http.Dispose();

    private sealed record Problem(string? Code, string? Detail);
}
