using System.Globalization;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;
using Microsoft.Playwright;

namespace Fleet.EndToEnd.Tests;

/// <summary>A tool writes into a mailbox that the broker holds.</summary>
[Collection(FleetCollection.Name)]
public sealed class ContentionTests(RunningFleet fleet, ChromiumBrowser browser)
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Setpci_IntoAClaimedMailbox_CausesNoWriteCycleAndIsSeenEverywhere()
    {
        fleet.Need();
        browser.Need();
        Places.NeedProgram("setpci");
        (MailboxView mailbox, string mirror, HostEndpoint host) = await fleet.SimulatedMailboxAsync();
        IPage page = await SignIn.OpenAsync(browser, fleet, "/events");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        int offset = mailbox.Offset + 8;
        string attested = await AttestedAsync(host); // A mailbox that is asked something has cycles.
        double cyclesBefore = await CyclesAsync(host, mailbox);
        double countedBefore = await RefusedAsync();
        double serverBefore = (await Scrape.ReadAsync(fleet.Endpoints.Metrics)).Sum("pcifleet_mailbox_contention_total");
        DateTimeOffset start = TimeProvider.System.GetUtcNow();

        await Shell.RunAsync("setpci", "-O", $"sysfs.path={mirror}", "-s", $"{mailbox.Address}", $"{offset:x}.W=0001");
        FairClock clock = new();

        FleetEvent found = await fleet.EventAsync(
            entry => entry.HostName == host.Name && entry.Function == mailbox.Address && entry.Offset == offset && entry.Time >= start.AddSeconds(-1), WaitFor.Patience);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync($"{found.Caller!.Pid}");
        Assert.True(clock.Keeps(Promise), $"seen everywhere only after {clock.Elapsed}");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("setpci");
        Assert.Equal(
            ("setpci", 0u, "/usr/bin/setpci", AccessOperation.Write, 2, Decision.Refuse),
            (found.Caller.Comm, found.Caller.Uid, found.Caller.Exe, found.Operation, found.Length, found.Decision));
        Assert.Equal(new ClaimReference("broker", ClaimSource.Default, offset, 0x10), found.Claim);
        // A scrape may be answered from one taken just before, so these are waited for; the cycles are read after them.
        await WaitFor.TrueAsync(async () => await RefusedAsync() > countedBefore, what: "the agent's /metrics counts it");
        await WaitFor.TrueAsync(
            async () => (await Scrape.ReadAsync(fleet.Endpoints.Metrics)).Sum("pcifleet_mailbox_contention_total") > serverBefore, what: "the server's /metrics counts it");
        double cycles = await CyclesAsync(host, mailbox);
        Assert.True(cycles == cyclesBefore || await AttestedAsync(host) != attested, $"the mailbox saw {cycles - cyclesBefore} write cycles");

        async Task<double> RefusedAsync() =>
            (await Scrape.ReadAsync(host.Metrics!)).Sum("pcifleet_accesses_total", $"host=\"{host.Name}\"", "operation=\"write\"", "decision=\"refuse\"");
    }

    [Fact]
    public async Task Lspci_OnASimulatedHost_ShowsTheMailboxAndIsNoContention()
    {
        fleet.Need();
        Places.NeedProgram("lspci");
        (MailboxView mailbox, string mirror, _) = await fleet.SimulatedMailboxAsync(1);

        string text = (await Shell.RunAsync("lspci", "-vvv", "-O", $"sysfs.path={mirror}", "-s", $"{mailbox.Address}")).Succeeded();

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Capabilities: [{mailbox.Offset:x} v"), text, StringComparison.Ordinal);
        Assert.Contains("Data Object Exchange", text, StringComparison.Ordinal);
        Page<FleetEvent> events = await fleet.Api.ListEventsAsync(new Client.ListQuery($"kind:{EventKinds.ContentionAccess}", null, 200), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(events.Items, entry => entry.Caller?.Comm is "lspci");
    }

    /// <summary>Waits until the broker has asked the host's mailboxes what they are, and nobody attests its functions; names the attestations of before.</summary>
    private async Task<string> AttestedAsync(HostEndpoint host)
    {
        IReadOnlyList<AttestationView> views = [];
        await WaitFor.TrueAsync(
            async () => (await Api.AllAsync<MailboxView>(query => fleet.Api.ListMailboxesAsync(query), $"host:{host.Name}")).All(mailbox => mailbox.Owner is not "broker" || mailbox.Features.Count > 0)
                && (views = await Api.AllAsync<AttestationView>(query => fleet.Api.ListAttestationsAsync(query), $"host:{host.Name}")).All(view => view is { Attestation: not null, Open: null }),
            TimeSpan.FromSeconds(60),
            "the host's functions are attested");
        return string.Join(' ', views.Select(view => view.Attestation).Order(StringComparer.Ordinal));
    }

    /// <summary>Configuration write cycles that reached the simulated function, counted by the device itself.</summary>
    private static async Task<double> CyclesAsync(HostEndpoint host, MailboxView mailbox)
    {
        Scrape scrape = await Scrape.ReadAsync(host.Metrics!);
        string[] labels = [$"host=\"{host.Name}\"", $"function=\"{mailbox.Address}\""];
        Assert.Contains(labels[0], scrape.Text, StringComparison.Ordinal);
        Assert.Contains(labels[1], scrape.Text, StringComparison.Ordinal);
        return scrape.Sum("pcifleet_sim_config_writes_total", labels);
    }
}
