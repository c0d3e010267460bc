using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>A real server, a real agent over simulated mailboxes: from first sight to a verdict, and what becomes of a device that changes.</summary>
public sealed class AttestationTests
{
    private const string Drive = "0000:01:00.0";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    // What done means: an operator sees it within ten seconds of the attestation.
    private static readonly TimeSpan Seen = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attest_SimulatedDrive_IsTrustedOncePinnedAndFailsByNameWhenItsFirmwareChanges()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("attest-server"));
        string data = Places.NewData("attest-sim");
        await using Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", "1", "--server", server.Agents, "--token", await server.TokenAsync(), "--data", data, "--run", Path.Combine(data, "run"), "--no-mirror");

        // Nobody asks for the first one: the schedule does, at first sight.
        AttestationView? standing = null;
        await simulator.UntilAsync(
            async () => (standing = (await server.Api.ListAttestationsAsync(new(), Ct)).Items.SingleOrDefault(view => view.Address.ToString() == Drive)) is { Attestation: not null, Open: null },
            Soon,
            "the drive had been attested at first sight");
        Assert.Equal(AttestationState.Unknown, standing!.State);
        FunctionId drive = standing.Function;

        string anchor = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(data, "spdm", "anchor-144d.der"), Ct));
        await server.Api.PutReferencesAsync("drives", $$"""{ "selector": "vendor:144d", "anchors": ["{{anchor}}"] }""", null, ct: Ct);
        await AttestAsync(server, drive);
        await server.Api.RecordBaselineAsync(drive, ct: Ct);
        await server.Api.PinBaselineAsync(drive, Ct);
        AttestationDetail good = await AttestAsync(server, drive);
        Assert.True(good.Verdict is AttestationState.Trusted, $"{good.Reason}\n{string.Join('\n', good.Checks)}");
        Assert.Equal(AttestationState.Trusted, (await server.Api.GetStandingAsync(drive, Ct))!.State);

        await FaultAsync(data, "spdm-tampered");
        AttestationDetail bad = await AttestAsync(server, drive);

        Assert.Equal(AttestationState.Failed, bad.Verdict);
        Assert.Equal("measurements", bad.Checks.First(check => check.Outcome is AttestationOutcome.Fail).Name);
        Assert.Equal(2, bad.FirstDifference!.Index); // The mutable firmware.
        await WaitFor.TrueAsync(
            async () => (await server.Api.ListEventsAsync(new("kind:attestation.failed"), Ct)).Items.Any(e => e.Function?.ToString() == Drive), Seen, "the failure is an event");
        await WaitFor.TrueAsync(async () => (await server.Api.GetOverviewAsync(Ct)).Attention.Any(item => item.Subject.Contains(Drive, StringComparison.Ordinal)), Seen, "the overview asks for attention");

        // Quarantine is sticky: a device that is good again stays there until somebody lets it out.
        await FaultAsync(data, "none");
        Assert.Equal(AttestationState.Trusted, (await AttestAsync(server, drive)).Verdict);
        Assert.NotNull((await server.Api.GetStandingAsync(drive, Ct))!.Quarantined);
        await server.Api.ReleaseQuarantineAsync(new(drive, "Flashed anew."), Ct);
        await WaitFor.TrueAsync(async () => (await server.Api.GetStandingAsync(drive, Ct))!.State is AttestationState.Trusted, Seen, "it is trusted again");
    }

    [Fact]
    public async Task References_OfTheSimulator_TrustWhatWasAttestedBefore()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("references-server"));
        string data = Places.NewData("references-sim");
        await using Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", "1", "--server", server.Agents, "--token", await server.TokenAsync(), "--data", data, "--run", Path.Combine(data, "run"), "--no-mirror");
        await simulator.UntilAsync(
            async () => (await server.Api.ListAttestationsAsync(new(), Ct)).Items is { Count: 2 } views && views.All(view => view is { Attestation: not null, Open: null }),
            Soon,
            "both functions had been attested at first sight");

        (await Shell.RunAsync(Places.Simulator, "references", "--data", data, "--put", server.Http.ToString(), "--token-file", Path.Combine(server.Data, "admin.token"))).Succeeded();

        await WaitFor.TrueAsync(
            async () => (await server.Api.ListAttestationsAsync(new(), Ct)).Items.All(view => view is { State: AttestationState.Trusted, Profile: "simulated" }), Seen, "the stored evidence is trusted");
    }

    private static async Task<AttestationDetail> AttestAsync(ServerUnderTest server, FunctionId function)
    {
        AttestationStarted started = await server.Api.AttestAsync(function, Ct);
        AttestationDetail? detail = null;
        await WaitFor.TrueAsync(async () => (detail = await server.Api.GetAttestationAsync(started.Id, Ct)).Phase is not AttestationPhase.Open, Soon, "the attestation has ended");
        return detail!;
    }

    private static async Task FaultAsync(string data, string fault) =>
        (await Shell.RunAsync(Places.Simulator, "fault", "sim-01", Drive, fault, "--data", data)).Succeeded();
}
