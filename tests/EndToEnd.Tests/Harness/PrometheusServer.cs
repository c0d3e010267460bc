using System.Text.Json;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests.Harness;

/// <summary>Debian's Prometheus with the shipped rules, its windows shortened so that a test need not wait for minutes.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Daemon _daemon;
    private readonly HttpClient _http;

    private PrometheusServer(Daemon daemon, Uri address)
    {
        _daemon = daemon;
        _http = new HttpClient { BaseAddress = address, Timeout = WaitFor.Patience };
    }

    public static async Task<PrometheusServer> StartAsync(string data, Uri server, IEnumerable<Uri> agents, string interval = "2s")
    {
        string rules = await File.ReadAllTextAsync(Path.Combine(Places.Root, "deploy", "prometheus", "pcifleet.rules.yml"));
        string shortened = rules.Replace("[5m]", "[10s]", StringComparison.Ordinal).Replace("for: 2m", "for: 2s", StringComparison.Ordinal);
        Assert.NotEqual(rules, shortened);
        await File.WriteAllTextAsync(Path.Combine(data, "rules.yml"), shortened);
        await File.WriteAllTextAsync(Path.Combine(data, "prometheus.yml"), $"""
            global: {"{"} scrape_interval: {interval}, scrape_timeout: {interval}, evaluation_interval: {interval} {"}"}
            rule_files: [rules.yml]
            scrape_configs:
              - job_name: pcifleet-server
                static_configs: [{"{"} targets: ["{server.Authority}"] {"}"}]
              - job_name: pcifleet-agent
                static_configs: [{"{"} targets: [{string.Join(", ", agents.Select(agent => $"\"{agent.Authority}\""))}] {"}"}]
            """);
        int port = Ports.Free();
        Daemon daemon = Daemon.Start(
            "prometheus", $"--config.file={data}/prometheus.yml", $"--storage.tsdb.path={data}/tsdb", $"--web.listen-address=127.0.0.1:{port}");
        PrometheusServer prometheus = new(daemon, new Uri($"http://127.0.0.1:{port}/"));
        await daemon.UntilAsync(prometheus.IsReadyAsync, TimeSpan.FromSeconds(60), "Prometheus was ready");
        return prometheus;
    }

    /// <summary>State of an alert: "pending", "firing", or null when there is none.</summary>
    public async Task<string?> AlertAsync(string name)
    {
        using JsonDocument answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri("api/v1/alerts", UriKind.Relative)));
        return answer.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray()
            .Where(alert => alert.GetProperty("labels").GetProperty("alertname").GetString() == name)
            .Select(alert => alert.GetProperty("state").GetString())
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>Addresses scraped without error, by job.</summary>
    public async Task<ILookup<string, string>> HealthyAsync()
    {
        using JsonDocument answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri("api/v1/targets", UriKind.Relative)));
        return answer.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
            .Where(target => target.GetProperty("health").GetString() is "up")
            .Select(target => (
                Job: target.GetProperty("labels").GetProperty("job").GetString()!,
                Address: target.GetProperty("labels").GetProperty("instance").GetString()!))
            .ToLookup(target => target.Job, target => target.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _daemon.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri("-/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
