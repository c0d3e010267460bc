using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Attestation;

/// <summary>What becomes of a device that changes, on every surface.</summary>
public sealed class VerdictTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attest_FromFirstSightToPin_IsUnknownUntilItIsTrusted()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "first-sight", drive);

        AttestationDetail first = await host.FirstAsync();
        Assert.Equal((AttestationState.Unknown, "first-sight"), (first.Verdict, first.Trigger));

        AttestationDetail trusted = await host.TrustAsync(drive);

        AttestationView standing = await host.StandingAsync();
        Assert.Equal((AttestationState.Trusted, trusted.Id, "drives"), (standing.State, standing.Attestation, standing.Profile));
        Assert.Equal(17, trusted.Checks.Count);
        Assert.DoesNotContain(trusted.Checks, check => check.Outcome is AttestationOutcome.Fail or AttestationOutcome.Unproven or AttestationOutcome.Unknown);
        Assert.All(trusted.Measurements, measurement => Assert.True(measurement.Holds));
        Assert.Equal("1.4", trusted.Version);
    }

    [Fact]
    public async Task Attest_TamperedFirmware_FailsEverywhereAndStaysInQuarantineUntilReleased()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "tampered", drive);
        await host.TrustAsync(drive);

        host.Devices[AttestedHost.Address()] = drive.With(ResponderFault.Tampered);
        AttestationDetail failed = await host.AttestAsync();

        Assert.Equal(AttestationState.Failed, failed.Verdict);
        Assert.Equal("measurements", failed.Checks.First(check => check.Outcome is AttestationOutcome.Fail).Name);
        Assert.False(failed.FirstDifference!.Holds);
        Assert.NotEqual(failed.FirstDifference.Expected, failed.FirstDifference.Value);
        await WaitFor.TrueAsync(async () => (await host.GetAsync<Page<FleetEvent>>("events?q=kind:attestation.failed%20and%20host:tampered")).Items.Count > 0);
        await WaitFor.TrueAsync(async () => (await host.Admin.GetStringAsync("/metrics", Ct)).Contains("pcifleet_attestation_check_failures_total{", StringComparison.Ordinal));
        Assert.Contains((await host.GetAsync<OverviewView>("overview")).Attention, item => item.Severity is "bad" && item.What.Contains("failed", StringComparison.Ordinal) && $"{item.Subject} {item.Cause}".Contains("0000:01:00.0", StringComparison.Ordinal)); // One item of all, where many fail.

        host.Devices[AttestedHost.Address()] = drive;
        Assert.Equal(AttestationState.Trusted, (await host.AttestAsync()).Verdict);
        AttestationView standing = await host.StandingAsync();
        Assert.Equal(AttestationState.Failed, standing.State);
        Assert.NotNull(standing.Quarantined);

        await host.PostAsync("quarantine:release", new ReleaseQuarantine(host.Function(), "Flashed anew by the vendor's tool."));
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()).State is AttestationState.Trusted);
        AuditView entry = (await host.GetAsync<Page<AuditView>>("audit?q=action:quarantine.release")).Items[0];
        Assert.Contains("Flashed anew", entry.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ResponderFault.SvnRollback, "rollback")]
    [InlineData(ResponderFault.Debug, "device-mode")]
    [InlineData(ResponderFault.StaleNonce, "transcript")]
    [InlineData(ResponderFault.BadSignature, "transcript")]
    [InlineData(ResponderFault.WrongSummary, "freshness")]
    [InlineData(ResponderFault.ContentChanged, "freshness")]
    [InlineData(ResponderFault.Unsigned, "capabilities")]
    [InlineData(ResponderFault.ForeignAlgorithm, "algorithms")]
    public async Task Attest_DeviceWithAFault_FailsByItsOwnCheck(object fault, string check)
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, $"fault-{fault}", drive);
        await host.TrustAsync(drive);

        host.Devices[AttestedHost.Address()] = drive.With((ResponderFault)fault);
        AttestationDetail failed = await host.AttestAsync();

        Assert.Equal(AttestationState.Failed, failed.Verdict);
        Assert.Contains(check, failed.Checks.Where(one => one.Outcome is AttestationOutcome.Fail).Select(one => one.Name));
    }

    [Fact]
    public async Task Attest_DowngradedVersion_Fails()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "downgrade", drive);
        await host.TrustAsync(drive);

        host.Devices[AttestedHost.Address()] = drive.Speaking(SpdmVersion.V12);
        AttestationDetail failed = await host.AttestAsync();

        Assert.Equal(AttestationState.Failed, failed.Verdict);
        Assert.Equal(AttestationOutcome.Fail, failed.Checks.Single(check => check.Name is "version").Outcome);
    }

    [Fact]
    public async Task Attest_OldVersionWithoutAChallenge_IsPlannedAnewAndUnknown()
    {
        const uint NoChallenge = ResponderOptions.DefaultFlags & ~(1u << 2);
        ResponderOptions drive = Drives.Make().Speaking(SpdmVersion.V11) with { Flags = NoChallenge };
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "old-version", drive);
        await host.FirstAsync();
        await host.PutReferencesAsync("drives", AttestedHost.Document(drive));

        AttestationDetail first = await host.AttestAsync();
        Assert.Equal(AttestationPhase.Replanned, first.Phase);
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()) is { Open: null, EvidenceAt: not null });

        AttestationView standing = await host.StandingAsync();
        AttestationDetail second = await host.GetAsync<AttestationDetail>($"attestations/{standing.Attestation}");
        Assert.Equal((AttestationState.Unknown, "replan"), (standing.State, second.Trigger));
        Assert.Equal(AttestationOutcome.Unproven, second.Checks.Single(check => check.Name is "version").Outcome);
        string[] nonces = [.. host.Jobs.SelectMany(job => job.Steps).Select(step => step.Nonce).OfType<string>()];
        Assert.Equal(nonces.Length, nonces.Distinct().Count());
    }

    [Fact]
    public async Task Attest_SameIdentityOnTwoHosts_SecondIsARelay()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost home = await AttestedHost.JoinedAsync(server, "relay-home", drive);
        await home.TrustAsync(drive);
        await using AttestedHost relay = await AttestedHost.JoinedAsync(server, "relay-away", drive);

        AttestationDetail relayed = await relay.FirstAsync();

        AttestationCheck identity = relayed.Checks.Single(check => check.Name is "identity");
        Assert.Equal((AttestationState.Failed, AttestationOutcome.Fail), (relayed.Verdict, identity.Outcome));
        Assert.Contains("relay-home", identity.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attest_CertificateWithTheFunctionsSerialNumber_NamesIt()
    {
        ResponderOptions drive = Drives.Make(AttestedHost.Names with { Cma = AttestedHost.Names.Cma + ":1122334455667788" });
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "serial", drive);

        await host.TrustAsync(drive);
    }

    [Theory]
    [InlineData("Vendor=144d:Device=a824:CC=010802:REV=01:SSVID=144d:SSID=a801")]
    [InlineData("Vendor=144d:Device=a824:CC=010802:REV=00:SSVID=144d:SSID=a801:1122334455667789")]
    public async Task Attest_CertificateOfAnotherFunction_Fails(string name)
    {
        ResponderOptions other = Drives.Make(AttestedHost.Names with { Cma = name });
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, $"contradiction-{name.Length}", other);
        await host.FirstAsync();
        await host.PutReferencesAsync("drives", AttestedHost.Document(other));

        AttestationDetail failed = await host.AttestAsync();

        Assert.Equal(AttestationState.Failed, failed.Verdict);
        Assert.Equal(AttestationOutcome.Fail, failed.Checks.Single(check => check.Name is "identity").Outcome);
    }

    [Fact]
    public async Task Attest_CertificateWithoutAFunctionName_IsNeverPlainTrusted()
    {
        ResponderOptions nameless = Drives.Make(AttestedHost.Names with { Cma = null });
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "nameless", nameless);
        await host.FirstAsync();
        await host.PutReferencesAsync("drives", AttestedHost.Document(nameless));
        await host.AttestAsync();
        await host.PostAsync($"baselines/{host.Function()}:record");
        await host.PostAsync($"baselines/{host.Function()}:pin");

        AttestationDetail unknown = await host.AttestAsync();

        Assert.Equal(AttestationState.Unknown, unknown.Verdict);
        Assert.StartsWith("Identity not bound to function", unknown.Checks.Single(check => check.Name is "identity").Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attest_AnotherDeviceInTheSlot_FailsUntilItsIdentityIsForgotten()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "swapped", drive);
        await host.TrustAsync(drive);

        host.Devices[AttestedHost.Address()] = Drives.Make();
        AttestationDetail swapped = await host.AttestAsync();
        Assert.Equal(AttestationOutcome.Fail, swapped.Checks.Single(check => check.Name is "identity").Outcome);

        await host.PostAsync("quarantine:release", new ReleaseQuarantine(host.Function(), "Drive replaced.", ForgetIdentity: true));
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()) is { State: AttestationState.Trusted, Quarantined: null });
    }

    [Fact]
    public async Task Notice_BootAndDriverChange_OldEvidenceDoesNotSpeakOfNow()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "rebooted", drive);
        await host.TrustAsync(drive);

        host.Tamper = _ => null;
        await host.ReportAsync(driver: "vfio-pci");
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()) is { State: AttestationState.Unknown, Open: not null });
        Assert.Contains("driver changed", (await host.StandingAsync()).Reason, StringComparison.Ordinal);
        Assert.Equal("inventory", (await host.GetAsync<AttestationDetail>($"attestations/{(await host.StandingAsync()).Open}")).Trigger);

        await WaitFor.TrueAsync(async () => host.Jobs.Last().Id == (await host.StandingAsync()).Open);
        host.Tamper = report => report;
        await host.PushAsync(host.Answer(host.Jobs.Last()));
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()).State is AttestationState.Trusted);
    }

    [Fact]
    public async Task Notice_Reset_IsAttestedAgainByItself()
    {
        ResponderOptions drive = Drives.Make();
        await using TestServer own = new() { Times = new AttestationTimes { AfterReset = TimeSpan.FromSeconds(1) } };
        await own.InitializeAsync();
        await using AttestedHost host = await AttestedHost.JoinedAsync(own, "reset", drive);
        AttestationDetail before = await host.TrustAsync(drive);
        await WaitFor.TrueAsync(() => LateAsync(0));

        host.Tamper = _ => null;
        await host.ReportAsync(resetAt: own.Time.GetUtcNow());
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()) is { State: AttestationState.Unknown, Open: not null });
        AttestationView reset = await host.StandingAsync();
        Assert.Contains("reset since", reset.Reason, StringComparison.Ordinal);
        Assert.NotEqual(before.Id, reset.Open);
        await WaitFor.TrueAsync(() => host.Jobs.Last().Id == reset.Open);
        await WaitFor.TrueAsync(() => LateAsync(1));
        Assert.Equal("reset", (await host.GetAsync<AttestationDetail>($"attestations/{reset.Open}")).Trigger);

        host.Tamper = report => report;
        await host.PushAsync(host.Answer(host.Jobs.Last()));
        await WaitFor.TrueAsync(async () => (await host.StandingAsync()).State is AttestationState.Trusted);

        async Task<bool> LateAsync(int functions) => Regex.IsMatch(
            await host.Admin.GetStringAsync("/metrics", Ct), $@"^pcifleet_evidence_late_functions(\{{[^\n]*\}})? {functions}( |\r?$)", RegexOptions.Multiline);
    }

    [Fact]
    public async Task AttestNow_FunctionWithoutAnAgent_IsRefusedWithWhy()
    {
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "gone", Drives.Make());
        await host.FirstAsync();
        await host.Agent.Hub.StopAsync(Ct);
        await WaitFor.TrueAsync(() => !server.Services.GetRequiredService<HostPresence>().IsConnected(host.Agent.Id));

        HttpResponseMessage response = await host.Admin.PostAsync($"/api/v1/functions/{host.Function()}:attest", null, Ct);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("is not connected", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, (await host.Admin.PostAsJsonAsync("/api/v1/quarantine:release", new ReleaseQuarantine(host.Function(), " "), FleetJson.Options, Ct)).StatusCode);
    }
}
