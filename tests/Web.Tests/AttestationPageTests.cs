using Bunit;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.Web.Pages.Attestation;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Web.Tests;

public sealed class AttestationPageTests : IDisposable
{
    private const string Id = "0193a7c2e07a7a10b2c3d4e5f6a7b8ff";
    private static readonly FunctionId Function = new(Samples.Host, Samples.Address);
    private readonly BunitContext _bunit = new();
    private readonly CannedApi _api = new();

    public AttestationPageTests()
    {
        _bunit.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Samples.Now.AddHours(26)));
        _bunit.Services.AddSingleton<IFleetApi>(_api.Api);
        _bunit.Services.AddSingleton<ILiveFeed>(new ManualFeed());
        _bunit.Services.AddSingleton<LiveSwitch>();
        _bunit.AddBunitPersistentComponentState();
        _bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public void Dispose()
    {
        _bunit.Dispose();
        _api.Dispose();
    }

    [Theory]
    [InlineData(AttestationState.Stale, "Stale", "chip--unknown")]
    [InlineData(AttestationState.Unknown, "Unknown", "chip--unknown")]
    [InlineData((AttestationState)77, "Unknown", "chip--unknown")]
    [InlineData(AttestationState.Failed, "Failed", "chip--bad")]
    [InlineData(AttestationState.Trusted, "Trusted", "chip--ok")]
    public void List_State_IsItsWordAndOnlyTrustedIsGreen(AttestationState state, string word, string tone)
    {
        _api.Answer("/api/v1/attestations", new Page<AttestationView>([Standing(state)], null, 1));

        IRenderedComponent<AttestationPage> page = _bunit.Render<AttestationPage>();

        page.WaitForAssertion(() => Assert.Equal(word, page.Find("tbody .chip").TextContent));
        Assert.Contains(tone, page.Find("tbody .chip").ClassName, StringComparison.Ordinal);
        Assert.Equal("26 h", page.Find("tbody tr td.num time").TextContent);
    }

    [Fact]
    public void List_NothingTrusted_SaysSoAndHasNoGreenInItsBar()
    {
        _api.Answer("/api/v1/attestations", new Page<AttestationView>([Standing(AttestationState.Stale), Standing(AttestationState.Unknown)], null, 2));

        IRenderedComponent<AttestationPage> page = _bunit.Render<AttestationPage>();

        page.WaitForAssertion(() => Assert.Contains("No function is trusted", page.Find(".posture").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".posture svg .m-applied"));
        Assert.NotEmpty(page.FindAll(".posture svg .m-silent"));
    }

    [Fact]
    public void List_AttestRefused_SaysWhy()
    {
        _api.Answer("/api/v1/attestations", new Page<AttestationView>([Standing(AttestationState.Stale)], null, 1));
        IRenderedComponent<AttestationPage> page = _bunit.Render<AttestationPage>();
        page.WaitForElement(".page-head .button").Click();

        page.WaitForAssertion(() => Assert.Contains("Refused for 1: It is not to be had.", page.Find(".page-head").TextContent, StringComparison.Ordinal));
        Assert.Equal($"POST /api/v1/functions/{Function}:attest", Assert.Single(_api.Changes));
    }

    [Fact]
    public void Verdict_Failed_LeadsWithTheCheckAndMarksTheFirstByteThatDiffers()
    {
        Answer(Failed());

        IRenderedComponent<VerdictPage> page = Open();

        page.WaitForAssertion(() => Assert.Equal("measurements", page.Find(".check b").TextContent));
        Assert.Contains("failed", page.Find(".check").TextContent, StringComparison.Ordinal);
        Assert.Equal("bb", page.Find("#first-difference mark").TextContent);
        Assert.Contains("aacc", page.Find("#first-difference").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/api/v1/attestations/{Id}/evidence", page.Find("a[download]").GetAttribute("href"));
        Assert.Contains("GET_VERSION", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_Quarantined_IsReleasedOnlyWithAReason()
    {
        Answer(Failed());
        IRenderedComponent<VerdictPage> page = Open();
        Assert.True(page.WaitForElement(".action-bar .button").HasAttribute("disabled"));

        page.Find("#release-reason").Input("Flashed anew.");
        _api.Answer("/api/v1/quarantine:release", new { });
        page.Find(".action-bar .button").Click();

        page.WaitForAssertion(() => Assert.Equal("POST /api/v1/quarantine:release", Assert.Single(_api.Changes)));
    }

    [Fact]
    public void Verdict_GoodEvidenceOfAQuarantinedFunction_SaysThatTheFunctionIsFailed()
    {
        Answer(Failed() with { Verdict = AttestationState.Trusted, Checks = [] });

        IRenderedComponent<VerdictPage> page = Open();

        Assert.Contains("failed, in quarantine", page.WaitForElement(".banner--bad").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_EvidenceThatIsNoReport_IsNotShownAndThePageStands()
    {
        _api.Answer($"/api/v1/attestations/{Id}", Failed());
        _api.Answer($"/api/v1/attestations/{Id}/evidence", "nonsense");

        IRenderedComponent<VerdictPage> page = Open();

        page.WaitForAssertion(() => Assert.Contains("cannot be shown here", page.Markup, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("aabb", "aacc", 1)]
    [InlineData("aabb", "ffff or aabc", 1)]
    [InlineData("aabb", "aabbcc", 1)]
    [InlineData("0700", "at least 8", 0)]
    [InlineData("", "aa", 0)]
    public void FirstByte_OfTwoValues_IsWhereTheClosestAlternativeParts(string value, string expected, int at) =>
        Assert.Equal(at, MeasurementDiff.FirstByte(value, expected));

    private IRenderedComponent<VerdictPage> Open() => _bunit.Render<VerdictPage>(p => p.Add(c => c.Id, Id));

    private void Answer(AttestationDetail detail)
    {
        _api.Answer($"/api/v1/attestations/{Id}", detail);
        _api.Answer($"/api/v1/functions/{Function}/attestation", Standing(AttestationState.Failed) with { Quarantined = Samples.Now, Attestation = Id });
        _api.Answer($"/api/v1/attestations/{Id}/evidence", new EvidenceReport
        {
            Job = Id,
            Function = Samples.Address,
            Provider = "doe",
            Messages = [new EvidenceMessage(EvidenceDirection.Request, false, Convert.ToBase64String([0x10, 0x84, 0, 0]), 0)],
            End = EvidenceEnd.Complete,
            Started = Samples.Now,
        });
    }

    private static AttestationView Standing(AttestationState state) => new()
    {
        Function = Function,
        Host = Samples.Host,
        HostName = "r12-n04",
        Address = Samples.Address,
        VendorId = "144d",
        DeviceId = "a900",
        State = state,
        Reason = "Because.",
        Since = Samples.Now,
        EvidenceAt = Samples.Now,
        Attestation = Id,
    };

    private static AttestationDetail Failed()
    {
        MeasurementView differs = new(2, "mutable-firmware", false, "aabb", "aacc", false);
        return new AttestationDetail
        {
            Id = Id,
            Function = Function,
            HostName = "r12-n04",
            Phase = AttestationPhase.Appraised,
            Verdict = AttestationState.Failed,
            Reason = "Measurement 0x02 differs.",
            Trigger = "schedule",
            Created = Samples.Now,
            Expires = Samples.Now.AddMinutes(1),
            EvidenceAt = Samples.Now,
            Checks =
            [
                new AttestationCheck("plan", AttestationOutcome.Pass, "All requests are the plan's."),
                new AttestationCheck("rollback", AttestationOutcome.NotApplicable, "No number."),
                new AttestationCheck("measurements", AttestationOutcome.Fail, "Measurement 0x02 differs."),
            ],
            Measurements = [new MeasurementView(1, "immutable-rom", false, "1122", "1122", true), differs],
            FirstDifference = differs,
            EvidenceHash = new string('a', 64),
            EvidenceBytes = 4000,
            AgentSaid = "complete",
        };
    }
}
