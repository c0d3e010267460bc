using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Data;
using Fleet.Server.Data.Attestation;
using Fleet.Server.Domain.Attestation;
using Fleet.Server.Live.Attestation;
using Fleet.Server.Tests.Host;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Attestation;

/// <summary>What an agent can do with evidence, and cannot.</summary>
public sealed class EvidenceTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Words => ["function", "mailbox", "provider", "quiet", "end", "detail", "started", "at"];

    public static TheoryData<string> Lies =>
        ["direction", "secured", "request", "response", "drop-first", "drop-last", "swap", "repeat", "append", "pad", "empty", "no-base64", "unknown-direction"];

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Report_FieldThatIsTheAgentsWord_DoesNotEnterTheVerdict(string field)
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, $"word-{field}", drive);
        AttestationDetail honest = await host.TrustAsync(drive);

        host.Tamper = report => field switch
        {
            "function" => report with { Function = PciAddress.Parse("0000:7f:00.0") },
            "mailbox" => report with { Mailbox = null },
            "provider" => report with { Provider = "kernel" },
            "quiet" => report with { Quiet = false },
            "end" => report with { End = EvidenceEnd.Malformed },
            "detail" => report with { Detail = "All is well." },
            "started" => report with { Started = DateTimeOffset.UnixEpoch },
            _ => report with { Messages = [.. report.Messages.Select(message => message with { AtMicroseconds = -1 })] },
        };
        AttestationDetail told = await host.AttestAsync();

        Assert.Equal(AttestationState.Trusted, told.Verdict);
        Assert.Equal(honest.Checks.Select(check => check.Outcome), told.Checks.Select(check => check.Outcome));
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Report_MessagesThatAreNotWhatWasSaid_AreNeverTrusted(string lie)
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, $"lie-{lie}", drive);
        await host.TrustAsync(drive);

        host.Tamper = report => report with { Messages = Lie(lie, report.Messages) };
        AttestationDetail told = await host.AttestAsync();

        Assert.NotEqual(AttestationState.Trusted, told.Verdict);
        Assert.NotEqual("Every check that applies holds.", told.Reason);
    }

    [Fact]
    public async Task Report_OfYesterday_IsAReplay()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "replayed", drive);
        EvidenceReport? yesterday = null;
        host.Tamper = report => yesterday = report;
        await host.TrustAsync(drive);

        EvidenceReport old = yesterday!;
        host.Tamper = report => old with { Job = report.Job };
        AttestationDetail replay = await host.AttestAsync();

        Assert.Equal(AttestationState.Failed, replay.Verdict);
        AttestationCheck nonce = replay.Checks.Single(check => check.Name is "nonce");
        Assert.Equal(AttestationOutcome.Fail, nonce.Outcome);
        Assert.Contains("replay", nonce.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_HundredDifferentOnesAtOnce_OneHasTheNonces()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "racers", drive);
        await host.FirstAsync();
        host.Tamper = _ => null;
        await host.PostAsync($"functions/{host.Function()}:attest");
        await WaitFor.TrueAsync(() => host.Jobs.Any(job => job.Id == Open(host)));
        EvidenceReport report = host.Answer(host.Jobs.Last());

        // Past the hub, which takes one call of a connection after the other.
        IAttestations attestations = server.Services.GetRequiredService<IAttestations>();
        bool[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => attestations.AcceptAsync(host.Agent.Id, report with { Detail = $"racer {i}" }, Ct), Ct)));

        Assert.DoesNotContain(false, answers);
        await using FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct);
        List<EvidenceRow> stored = await db.Set<EvidenceRow>().Where(evidence => evidence.Attestation == report.Job).ToListAsync(Ct);
        Assert.Single(stored, evidence => evidence.Nonces is NonceState.Fresh);
        Assert.All(stored.Where(evidence => evidence.Nonces is not NonceState.Fresh), evidence => Assert.Equal(NonceState.Used, evidence.Nonces));
    }

    [Fact]
    public async Task Report_SameBytesTwice_ChangesNothing()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "twice", drive);
        EvidenceReport? sent = null;
        host.Tamper = report => sent = report;
        AttestationDetail trusted = await host.TrustAsync(drive);

        EvidenceAcknowledgement again = await host.PushAsync(sent!);

        Assert.True(again.Known);
        Assert.Equal(AttestationState.Trusted, (await host.StandingAsync()).State);
        Assert.Equal(trusted.AppraisedAt, (await host.GetAsync<AttestationDetail>($"attestations/{trusted.Id}")).AppraisedAt);
    }

    [Fact]
    public async Task Report_AfterItsNoncesExpired_IsKeptAndProvesNothing()
    {
        await using TestServer own = new() { Times = new AttestationTimes { Lifetime = TimeSpan.FromMilliseconds(1) } };
        await own.InitializeAsync();
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(own, "late", drive, silent: true);
        await host.PutReferencesAsync("drives", AttestedHost.Document(drive));
        await WaitFor.TrueAsync(() => !host.Jobs.IsEmpty);
        AttestationJob job = host.Jobs.First();
        await WaitFor.TrueAsync(async () => (await host.GetAsync<AttestationDetail>($"attestations/{job.Id}")).Phase is AttestationPhase.Unanswered);

        Assert.True((await host.PushAsync(host.Answer(job))).Known);

        AttestationDetail late = await host.GetAsync<AttestationDetail>($"attestations/{job.Id}");
        Assert.Equal((AttestationPhase.Late, AttestationState.Unknown), (late.Phase, late.Verdict));
        Assert.Equal(AttestationOutcome.Unproven, late.Checks.Single(check => check.Name is "nonce").Outcome);
        Assert.NotEmpty(await host.Admin.GetByteArrayAsync($"/api/v1/attestations/{job.Id}/evidence", Ct));
        Assert.Equal(AttestationState.Unknown, (await host.StandingAsync()).State);
    }

    [Fact]
    public async Task Job_OpenWhenAnAgentConnects_IsSentAgain()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "again", drive);
        await host.FirstAsync();
        host.Tamper = _ => null;
        await host.PostAsync($"functions/{host.Function()}:attest");
        string open = (await host.StandingAsync()).Open!;
        await WaitFor.TrueAsync(() => host.Jobs.Any(job => job.Id == open));
        await host.Agent.Hub.DisposeAsync();
        host.Jobs.Clear();
        host.Tamper = report => report;

        await host.ConnectAsync();

        Assert.Equal(AttestationPhase.Appraised, (await host.SettledAsync(open)).Phase);
        Assert.Contains(host.Jobs, job => job.Id == open && job.LifetimeMilliseconds is > 0 and < 60_000);
    }

    [Fact]
    public async Task Evidence_NotAppraisedWhenTheServerWasKilled_IsAtItsNextStart()
    {
        await using TestServer own = new();
        await own.InitializeAsync();
        await using AttestedHost host = await AttestedHost.JoinedAsync(own, "killed", Drives.Make());
        AttestationDetail first = await host.FirstAsync();
        await using (FleetDb db = await own.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(Ct))
        {
            // As it would be if the power had gone between the commit of the evidence and that of the verdict.
            await db.Set<EvidenceRow>().ExecuteUpdateAsync(row => row.SetProperty(r => r.Appraised, (DateTimeOffset?)null).SetProperty(r => r.Received, DateTimeOffset.UnixEpoch), Ct);
            await db.Set<AttestationRow>().ExecuteUpdateAsync(row => row.SetProperty(r => r.Phase, AttestationPhase.Open).SetProperty(r => r.Detail, (string?)null), Ct);
        }

        await own.RestartAsync();

        using HttpClient admin = own.Admin();
        await WaitFor.TrueAsync(async () => (await admin.GetFromJsonAsync<AttestationDetail>($"/api/v1/attestations/{first.Id}", FleetJson.Options, Ct))!.Phase is AttestationPhase.Appraised);
    }

    [Fact]
    public async Task Report_ForAnotherHostsJob_IsNotKnown()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "owner-of-job", drive);
        await host.FirstAsync();
        await using AttestedHost thief = await AttestedHost.JoinedAsync(server, "thief-of-job", Drives.Make());
        await thief.FirstAsync();

        EvidenceAcknowledgement answer = await thief.PushAsync(host.Answer(host.Jobs.Last()));

        Assert.False(answer.Known);
        Assert.False((await thief.PushAsync(host.Answer(host.Jobs.Last()) with { Job = "nonsense" })).Known);
    }

    [Fact]
    public async Task Evidence_Downloaded_HasTheHashThatIsSaidOfIt()
    {
        ResponderOptions drive = Drives.Make();
        await using AttestedHost host = await AttestedHost.JoinedAsync(server, "downloaded", drive);
        AttestationDetail detail = await host.TrustAsync(drive);

        byte[] evidence = await host.Admin.GetByteArrayAsync($"/api/v1/attestations/{detail.Id}/evidence", Ct);

        Assert.Equal(detail.EvidenceHash, Convert.ToHexStringLower(SHA256.HashData(evidence)));
        Assert.Equal(detail.EvidenceBytes, evidence.Length);
        Assert.Equal(detail.Id, JsonSerializer.Deserialize<EvidenceReport>(evidence, FleetJson.Options)!.Job);
        Assert.True(detail.EvidenceKept > detail.EvidenceAt);
    }

    private static string? Open(AttestedHost host) => host.StandingAsync().GetAwaiter().GetResult().Open;

    private static EvidenceMessage[] Lie(string lie, IReadOnlyList<EvidenceMessage> honest)
    {
        EvidenceMessage[] messages = [.. honest];
        switch (lie)
        {
            case "direction":
                messages[^1] = messages[^1] with { Direction = EvidenceDirection.Request };
                break;
            case "secured":
                messages[^2] = messages[^2] with { Secured = true };
                messages[^1] = messages[^1] with { Secured = true };
                break;
            case "request":
                messages[^2] = Flip(messages[^2], 8);
                break;
            case "response":
                messages[^1] = Flip(messages[^1], 20);
                break;
            case "drop-first":
                return messages[2..];
            case "drop-last":
                return messages[..^2];
            case "swap":
                (messages[^4], messages[^3], messages[^2], messages[^1]) = (messages[^2], messages[^1], messages[^4], messages[^3]);
                break;
            case "repeat":
                return [.. messages, messages[^2], messages[^1]];
            case "append":
                return [.. messages, messages[0], messages[1]];
            case "pad":
                messages[^1] = messages[^1] with { Bytes = Convert.ToBase64String([.. Convert.FromBase64String(messages[^1].Bytes), 1, 2, 3, 4]) };
                break;
            case "no-base64":
                messages[3] = messages[3] with { Bytes = "not base64!" };
                break;
            case "unknown-direction":
                messages[3] = messages[3] with { Direction = EvidenceDirection.Unknown };
                break;
            default:
                return [];
        }

        return messages;
    }

    private static EvidenceMessage Flip(EvidenceMessage message, int at)
    {
        byte[] bytes = Convert.FromBase64String(message.Bytes);
        bytes[at] ^= 1;
        return message with { Bytes = Convert.ToBase64String(bytes) };
    }
}
