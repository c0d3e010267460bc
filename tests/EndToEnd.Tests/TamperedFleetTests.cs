using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;
using Microsoft.Playwright;

namespace Fleet.EndToEnd.Tests;

/// <summary>A simulated fleet is attested on schedule; what happens to one device's firmware is seen on every surface.</summary>
public sealed class TamperedFleetTests(ChromiumBrowser browser, ITestOutputHelper output) : IClassFixture<ChromiumBrowser>
{
    private const string Alert = "PciFleetAttestationFailed";

    // For a machine that is busy with other things; what it takes on one that is not is in the output.
    private const float Patience = 60_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Firmware_TamperedWithOnOneDevice_FailsOnRestDashboardMetricAndAlert()
    {
        Places.NeedProgram("prometheus");
        browser.Need();
        string data = Places.NewData("attestation");
        string simulated = Path.Combine(data, "sim");
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Path.Combine(data, "server"), "--attest-every", "3s");
        await using Daemon simulator = Daemon.Start(
            Places.Simulator,
            "run", "--hosts", "2", "--model", "small", "--no-mirror", "--server", server.Agents, "--token", await server.TokenAsync(2),
            "--data", simulated, "--run", Path.Combine(data, "run"));

        IReadOnlyList<AttestationView> devices = await TrustAllAsync(server.Api, Path.Combine(simulated, "spdm"));
        AttestationView victim = devices[0];
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(Places.NewData("attestation-prometheus"), server.Http, [], "3s");
        IPage page = await SignIn.OpenAsync(browser, server.Http, server.Data, "/attestation?q=state%3Afailed");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Attestation", new LocatorAssertionsToHaveTextOptions { Timeout = Patience });

        Output fault = await Shell.RunAsync(Places.Simulator, "fault", victim.HostName, $"{victim.Address}", "spdm-tampered", "--data", simulated);
        fault.Succeeded();

        AttestationView? failed = null;
        Task<DateTimeOffset> rest = SeenAsync(async () => (failed = await server.Api.GetStandingAsync(victim.Function, Cancel))!.State is AttestationState.Failed, "REST says failed");
        Task<DateTimeOffset> dashboard = SeenAsync(page.GetByRole(AriaRole.Cell, new PageGetByRoleOptions { Name = $"{victim.Address}" }));
        Task<DateTimeOffset> metric = SeenAsync(
            async () => (await Scrape.ReadAsync(new Uri(server.Http, "metrics"))).Sum("pcifleet_attested_functions", "state=\"failed\"") is 1, "the metric counts it");
        Task<DateTimeOffset> alert = SeenAsync(async () => await prometheus.AlertAsync(Alert) is "firing", "the alert fires");
        await Task.WhenAll(rest, dashboard, metric, alert);

        AttestationDetail detail = await server.Api.GetAttestationAsync(failed!.Attestation!, Cancel);
        Assert.Equal(("measurements", "measurements"), (failed.Check, detail.Checks.First(check => check.Outcome is AttestationOutcome.Fail).Name));
        Assert.NotNull(detail.FirstDifference);
        Assert.Equal("schedule", detail.Trigger);
        DateTimeOffset evidence = detail.EvidenceAt!.Value;
        string Since(DateTimeOffset begin) => string.Join(", ", new[] { ("REST", rest), ("dashboard", dashboard), ("metric", metric), ("alert", alert) }
            .Select(surface => $"{surface.Item1} {(surface.Item2.Result - begin).TotalSeconds:0.00} s"));
        output.WriteLine($"Failed, seen after its evidence came: {Since(evidence)}.");
        output.WriteLine($"Failed, seen after the attestation was begun: {Since(detail.Created)}.");

        await page.GotoAsync(new Uri(server.Http, $"/attestation/{failed.Attestation}").ToString());
        await Assertions.Expect(page.Locator("#first-difference")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = Patience });
        // Trust ages: where the machine is slow, one may be overdue for a moment, but none fails.
        await WaitFor.TrueAsync(
            async () => (await server.Api.ListAttestationsAsync(new ListQuery(), Cancel)).Items.Where(view => view.Function != victim.Function).All(view => view.State is AttestationState.Trusted),
            what: "the other devices are trusted");
        await page.Context.CloseAsync();
    }

    /// <summary>When it was first seen to be so.</summary>
    private static async Task<DateTimeOffset> SeenAsync(Func<Task<bool>> condition, string what)
    {
        await WaitFor.TrueAsync(condition, TimeSpan.FromMilliseconds(Patience), what);
        return TimeProvider.System.GetUtcNow();
    }

    private static async Task<DateTimeOffset> SeenAsync(ILocator element)
    {
        await Assertions.Expect(element).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = Patience });
        return TimeProvider.System.GetUtcNow();
    }

    /// <summary>Trusts the simulated vendors, records and pins what each device measures, and waits until the schedule found all of them as they were.</summary>
    private static async Task<IReadOnlyList<AttestationView>> TrustAllAsync(IFleetApi api, string anchors)
    {
        IReadOnlyList<AttestationView> devices = [];
        await WaitFor.TrueAsync(
            async () => (devices = (await api.ListAttestationsAsync(new ListQuery(), Cancel)).Items) is { Count: > 0 }
                && devices.Select(device => device.Host).Distinct().Count() is 2 && devices.All(device => device.Attestation is not null),
            TimeSpan.FromSeconds(60),
            "every device of both hosts was attested once");
        string roots = string.Join(", ", Directory.GetFiles(anchors, "anchor-*.der").Select(file => $"\"{Convert.ToBase64String(File.ReadAllBytes(file))}\""));
        await api.PutReferencesAsync("simulated", $$"""{ "selector": "doe:\"0001:01\"", "anchors": [{{roots}}] }""", null, ct: Cancel);
        foreach (AttestationView device in devices)
        {
            await api.RecordBaselineAsync(device.Function, ct: Cancel);
            await api.PinBaselineAsync(device.Function, Cancel);
        }

        DateTimeOffset pinned = TimeProvider.System.GetUtcNow();
        await WaitFor.TrueAsync(
            async () => (await api.ListAttestationsAsync(new ListQuery(), Cancel)).Items.All(device => device.State is AttestationState.Trusted && device.EvidenceAt > pinned),
            TimeSpan.FromSeconds(60),
            "every device is trusted by scheduled evidence");
        return devices;
    }
}
