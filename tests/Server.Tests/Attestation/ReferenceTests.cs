using System.Net;
using System.Net.Http.Json;
using System.Text;
using Fleet.Contracts;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;

namespace Fleet.Server.Tests.Attestation;

/// <summary>Reference values: read, previewed, put, deleted.</summary>
public sealed class ReferenceTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_ValuesThatForbidWhatRuns_PreviewNamesTheFunctionsAndChangesNothing()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "previewed", drive);
        await host.TrustAsync(drive);
        string strict = AttestedHost.Document(drive, """, "spdm": { "signatures": ["ECDSA P-384"] }""");

        ReferencePlan preview = await host.PutReferencesAsync("drives", strict, dryRun: true);

        VerdictChange change = Assert.Single(preview.Changes, one => one.HostName is "previewed");
        Assert.Equal((AttestationState.Trusted, AttestationState.Failed, "previewed"), (change.Before, change.After, change.HostName));
        Assert.Equal(AttestationState.Trusted, (await host.StandingAsync()).State);
        Assert.Equal(preview.After!.Revision - 1, (await host.GetAsync<ReferenceView>("reference-values/drives")).Revision);

        ReferencePlan put = await host.PutReferencesAsync("drives", strict);

        Assert.Equal(preview.Changes, put.Changes);
        Assert.Equal((AttestationState.Failed, "algorithms"), ((await host.StandingAsync()).State, (await host.StandingAsync()).Check));
        await DeleteAsync(host);
    }

    [Fact]
    public async Task Delete_ValuesThatTrust_NothingIsTrustedByThemAnyMore()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "deleted", drive);
        await host.TrustAsync(drive);

        await DeleteAsync(host);

        AttestationView standing = await host.StandingAsync();
        Assert.Equal((AttestationState.Unknown, null), (standing.State, standing.Profile));
    }

    [Fact]
    public async Task Put_WithoutItsTag_IsRefused()
    {
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "untagged", Drives.Make());
        StringContent Body() => new("""{ "selector": "vendor:ffff" }""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.Created, (await host.Admin.PutAsync("/api/v1/reference-values/tagged", Body(), Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await host.Admin.PutAsync("/api/v1/reference-values/tagged", Body(), Ct)).StatusCode);
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("""{ }""", "selector")]
    [InlineData("""{ "selector": "colour:red" }""", "colour")]
    [InlineData("""{ "selector": "vendor:144d", "anchor": [] }""", "anchor")]
    [InlineData("""{ "selector": "vendor:144d", "anchors": ["AAAA"] }""", "certificate")]
    [InlineData("""{ "selector": "vendor:144d", "spdm": { "minVersion": "2.0" } }""", "not a version")]
    [InlineData("""{ "selector": "vendor:144d", "spdm": { "signatures": ["MD5"] } }""", "MD5")]
    [InlineData("""{ "selector": "vendor:144d", "measurements": [{ "index": 0, "rule": "ignore" }] }""", "1 to 254")]
    [InlineData("""{ "selector": "vendor:144d", "measurements": [{ "index": 1, "rule": "anyOf" }] }""", "anyOf needs")]
    [InlineData("""{ "selector": "vendor:144d", "measurements": [{ "index": 1, "rule": "raw", "values": ["0"] }] }""", "hexadecimal")]
    [InlineData("""{ "selector": "vendor:144d", "measurements": [{ "index": 1, "rule": "mask", "values": ["00"], "mask": "ffff" }] }""", "mask of its length")]
    [InlineData("""{ "selector": "vendor:144d", "measurements": [{ "index": 1, "rule": "ignore" }, { "index": 1, "rule": "ignore" }] }""", "more than one rule")]
    [InlineData("""{ "selector": "vendor:144d", "schedule": { "every": "00:00:00" } }""", "at least a second")]
    public void Read_DocumentWithAnError_IsRefusedWithIt(string document, string error)
    {
        Assert.Null(ReferenceReader.Read("drives", 1, Encoding.UTF8.GetBytes(document), out IReadOnlyList<Diagnostic> errors));
        Assert.Contains(errors, found => found.Message.Contains(error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_OfWhatWasExportedAsRedfish_TrustsTheSameDevice()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "redfish", drive);
        AttestationDetail first = await host.FirstAsync();
        string snapshot = await host.Admin.GetStringAsync($"/api/v1/attestations/{first.Id}/evidence?format=redfish", Ct);
        Assert.Contains("\"Version\":\"1.4.0\"", snapshot, StringComparison.Ordinal);

        HttpResponseMessage response = await host.Admin.PostAsync(
            "/api/v1/reference-values:import?selector=host:redfish", new StringContent(snapshot, Encoding.UTF8, "application/json"), Ct);
        string document = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, document);
        await host.PutReferencesAsync("from-redfish", document);

        AttestationDetail trusted = await host.AttestAsync();
        Assert.Equal((AttestationState.Trusted, "from-redfish"), (trusted.Verdict, trusted.Profile));

        host.Devices[AttestedHost.Address()] = drive.With(ResponderFault.Tampered);
        Assert.Equal(AttestationState.Failed, (await host.AttestAsync()).Verdict);
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("no base64")]
    [InlineData("EIQAABAEAAAABQAQABEAEgATABQ=")]
    public async Task Import_OfNoTranscript_IsRefused(string transcript)
    {
        using HttpClient admin = server.Admin();
        HttpResponseMessage response = await admin.PostAsJsonAsync("/api/v1/reference-values:import", new RedfishMeasurements { SignedMeasurements = transcript }, FleetJson.Options, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static async Task DeleteAsync(AttestedHost host)
    {
        HttpResponseMessage read = await host.Admin.GetAsync("/api/v1/reference-values/drives", Ct);
        using HttpRequestMessage request = new(HttpMethod.Delete, "/api/v1/reference-values/drives");
        request.Headers.IfMatch.Add(read.Headers.ETag!);
        (await host.Admin.SendAsync(request, Ct)).EnsureSuccessStatusCode();
    }
}
