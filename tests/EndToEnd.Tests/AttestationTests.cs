using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Testing;

namespace Fleet.EndToEnd.Tests;

/// <summary>A real server and a real agent over simulated mailboxes: evidence is not lost, and a known fleet is trusted.</summary>
public sealed class AttestationTests
{
    private const string Drive = "0000:01:00.0";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    // A server that starts again, and an agent that waits a little longer each time it finds none.
    private static readonly TimeSpan Back = TimeSpan.FromMinutes(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evidence_OfARunThatOutlivesTheServer_ComesWhenItIsBack()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("evidence-server"));
        string data = Places.NewData("evidence-sim");
        await using Daemon simulator = await StartAsync(server, data);
        FunctionId drive = (await server.Api.ListAttestationsAsync(new(), Ct)).Items.Single(view => view.Address.ToString() == Drive).Function;
        string run = Path.Combine(data, "run", "sim-01");
        (await Shell.RunAsync(Places.Simulator, "fault", "sim-01", Drive, "spdm-busy-forever", "--data", data)).Succeeded(); // Its budget lets such a run go on for seconds.

        AttestationStarted started = await server.Api.AttestAsync(drive, Ct);
        // On a slow machine the run can be over before anybody looked: then its evidence waits, or is there.
        await simulator.UntilAsync(
            async () => (await Shell.RunAsync(Places.Agent, "hold", "list", "--run", run)).Succeeded().Contains(started.Id, StringComparison.Ordinal)
                || (await server.Api.GetAttestationAsync(started.Id, Ct)).EvidenceAt is not null,
            Soon,
            "the agent held the drive for it");
        await server.KillAndStartAsync();

        AttestationDetail? detail = null;
        await simulator.UntilAsync(async () => (detail = await server.Api.GetAttestationAsync(started.Id, Ct)).EvidenceAt is not null, Back, "the evidence came");
        Assert.True(detail!.EvidenceBytes > 0);
        Assert.NotEqual(AttestationState.Trusted, detail.Verdict);
        await simulator.UntilAsync(() => Directory.GetFiles(Path.Combine(data, "hosts", "sim-01", "evidence")).Length == 0, Back, "the agent had forgotten what was committed");
    }

    [Fact]
    public async Task References_OfTheSimulator_TrustWhatWasAttestedBefore()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("references-server"));
        string data = Places.NewData("references-sim");
        await using Daemon simulator = await StartAsync(server, data);

        (await Shell.RunAsync(Places.Simulator, "references", "--data", data, "--put", server.Http.ToString(), "--token-file", Path.Combine(server.Data, "admin.token"))).Succeeded();

        await WaitFor.TrueAsync(
            async () => (await server.Api.ListAttestationsAsync(new(), Ct)).Items.All(view => view is { State: AttestationState.Trusted, Profile: "simulated" }), Soon, "the stored evidence is trusted");
    }

    private static async Task<Daemon> StartAsync(ServerUnderTest server, string data)
    {
        Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", "1", "--server", server.Agents, "--token", await server.TokenAsync(), "--data", data, "--run", Path.Combine(data, "run"), "--no-mirror");
        await simulator.UntilAsync(
            async () => (await server.Api.ListAttestationsAsync(new(), Ct)).Items is { Count: 2 } views && views.All(view => view is { Attestation: not null, Open: null }),
            Soon,
            "both functions had been attested at first sight");
        return simulator;
    }
}
