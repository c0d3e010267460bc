using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Simulator.Load;
using Fleet.Testing.Delivery;

namespace Fleet.EndToEnd.Tests;

/// <summary>A hundred hosts of fleet-sim load against a real server: what thousands do in ./bench.</summary>
public sealed class LoadTests
{
    private const int Hosts = 100;

    [Fact]
    public async Task Fleet_JoinsSendsAndComesBack_NothingIsLostAndNothingFails()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("load-server"), "--enrol-rate", "1000");
        string data = Places.NewData("load");
        string ledger = Path.Combine(data, "ledger.jsonl");

        LoadReport steady = await RunAsync(server, data, LoadScenario.Steady, o => o with { Rate = 200, LedgerFile = ledger });
        Assert.Equal((Hosts, 0), (steady.Enrolled, steady.EventsLost));
        Assert.True(steady.EventsProduced > 0 && steady.Visible.Count > 0, LoadText.Of(steady));

        LoadReport back = await RunAsync(server, data, LoadScenario.Reconnect, o => o with { LedgerFile = ledger, Burst = 5, Outage = TimeSpan.FromMinutes(2), Compression = 120 });
        Assert.Equal((0, Hosts * 2), (back.Enrolled, back.Connections));
        Assert.NotNull(back.SettledSeconds);

        LedgerVerdict verdict = LedgerCheck.Run(File.ReadLines(ledger), await StoredAsync(server));
        Assert.Empty(verdict.Violations);
        Assert.Equal((verdict.Made, verdict.Made, 0, 0), (verdict.Acknowledged, verdict.Stored, verdict.Waiting, verdict.Announced));
        Assert.True(verdict.Made > 0, "nothing was made");
    }

    [Fact]
    public async Task Clones_AndWrongClocks_AreAllServedAndShown()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("clones-server"), "--enrol-rate", "1000");

        LoadReport clones = await RunAsync(server, Places.NewData("clones"), LoadScenario.Duplicates, o => o with { Clones = 4, Rate = 50 });
        Assert.Contains(clones.Promises, promise => promise.Held && promise.Seen == $"{Hosts} shown, {Hosts} there");

        LoadReport skewed = await RunAsync(server, Places.NewData("skewed"), LoadScenario.Skew, o => o with { Skew = TimeSpan.FromHours(2), Rate = 50 });
        Assert.Contains(skewed.Promises, promise => promise.Held && promise.What.Contains("how far each clock is off", StringComparison.Ordinal));
    }

    private static async Task<LoadReport> RunAsync(ServerUnderTest server, string data, LoadScenario scenario, Func<LoadOptions, LoadOptions> with)
    {
        string admin = (await File.ReadAllTextAsync(Path.Combine(server.Data, "admin.token"), TestContext.Current.CancellationToken)).Trim();
        LoadOptions options = with(new LoadOptions
        {
            Servers = [new Uri(server.Agents)],
            Api = server.Http,
            ApiToken = admin,
            DataDirectory = data,
            Hosts = Hosts,
            Ramp = TimeSpan.Zero,
            Duration = TimeSpan.FromSeconds(1),
            Scenario = scenario,
        });
        using ServerApi api = new(options.Api!, admin, TimeProvider.System);
        await using LoadFleet fleet = await LoadFleet.OpenAsync(options, api, TimeProvider.System, TestContext.Current.CancellationToken);
        LoadReport report = await new LoadRun(options, fleet, api, TimeProvider.System, _ => { }).RunAsync(TestContext.Current.CancellationToken);
        Assert.True(report.Sound, LoadText.Of(report));
        Assert.Equal((Hosts, 0, report.EventsProduced), (report.Connected, report.Api!.Failures, report.EventsAcknowledged));
        return report;
    }

    /// <summary>All events, in the order in which they were stored.</summary>
    private static async Task<IReadOnlyList<FleetEvent>> StoredAsync(ServerUnderTest server)
    {
        List<FleetEvent> events = [];
        string? cursor = null;
        do
        {
            Page<FleetEvent> page = await server.Api.ListEventsAsync(new ListQuery(null, cursor, 1000), TestContext.Current.CancellationToken);
            events.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);

        events.Reverse();
        return events;
    }
}
