using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>A real Prometheus scrapes the fleet and alerts on contention.</summary>
[Collection(FleetCollection.Name)]
public sealed class PrometheusTests(RunningFleet fleet)
{
    private const string Alert = "PciFleetMailboxContentionHigh";

    [Fact]
    public async Task Alert_WhileAToolPokesAMailbox_FiresAndEndsWithIt()
    {
        fleet.Need();
        Places.NeedProgram("prometheus");
        Places.NeedProgram("setpci");
        Uri[] agents = [.. fleet.Endpoints.Simulated.Hosts.Append(fleet.Endpoints.Host!).Select(host => host.Metrics!).Distinct()];
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(Places.NewData("prometheus"), fleet.Endpoints.Metrics, agents);
        await WaitFor.TrueAsync(
            async () => await prometheus.HealthyAsync() is var up
                && up["pcifleet-server"].SequenceEqual([fleet.Endpoints.Metrics.Authority])
                && up["pcifleet-agent"].Order().SequenceEqual(agents.Select(agent => agent.Authority).Distinct().Order()),
            TimeSpan.FromSeconds(60),
            "server and agents are scraped without error");
        Assert.Null(await prometheus.AlertAsync(Alert));

        await SimulatorAsync("contention", "start");
        await WaitFor.TrueAsync(async () => await prometheus.AlertAsync(Alert) is "firing", TimeSpan.FromSeconds(60), "the alert fires while a tool pokes");

        await SimulatorAsync("contention", "stop");
        await WaitFor.TrueAsync(async () => await prometheus.AlertAsync(Alert) is null, TimeSpan.FromSeconds(60), "the alert is resolved");
    }

    [Fact]
    public async Task Metrics_OfServerAndAgents_PassPromtoolsCheck()
    {
        fleet.Need();
        Places.NeedProgram("promtool");
        foreach (Uri address in (Uri[])[fleet.Endpoints.Metrics, fleet.Endpoints.Host!.Metrics!, fleet.Endpoints.Simulated.Hosts[0].Metrics!])
        {
            Scrape scrape = await Scrape.ReadAsync(address);

            Assert.Contains("pcifleet_", scrape.Text, StringComparison.Ordinal);
            // By file: an argument may be 128 KiB at most, and a scrape grows with the run.
            string file = Path.Combine(fleet.Data, "scrape.txt");
            await File.WriteAllTextAsync(file, scrape.Text, TestContext.Current.CancellationToken);
            Output check = await Shell.RunAsync("bash", "-c", "promtool check metrics < \"$1\"", "check", file);
            Assert.DoesNotContain("error while", check.Errors, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("pcifleet_", string.Join('\n', check.Errors.Split('\n').Where(line => !line.Contains("non-base units", StringComparison.Ordinal))), StringComparison.Ordinal);
        }
    }

    private async Task SimulatorAsync(params string[] verb) =>
        (await Shell.RunAsync(Places.Simulator, [.. verb, "--data", Path.Combine(fleet.Data, "sim")])).Succeeded();
}
