using Fleet.Contracts;
using Fleet.Web.Pages.Events;
using Fleet.Web.Pages.Functions;
using Fleet.Web.Pages.Policies;
using Fleet.Web.Pages.Rollouts;
using Fleet.Web.Pages.JoinTokens;
using Fleet.Web.Pages.SignIn;

namespace Fleet.Web.Tests;

public sealed class FormTests
{
    [Fact]
    public void RolloutForm_AsItBegins_IsRight() => Assert.Null(new RolloutForm().Wrong);

    [Theory]
    [InlineData(0, 10, "Wave 1 has 0 %; write 1 to 100.")]
    [InlineData(1, 5, "Wave 2 has 5 %, no more than the wave before; write more than 10.")]
    [InlineData(2, 90, "The last wave has 90 %; write 100, so that every host is in a wave.")]
    public void RolloutForm_BadPercent_SaysWhatToWrite(int wave, int percent, string message)
    {
        RolloutForm form = new();
        form.Waves[wave].Percent = wave is 0 ? 0 : percent;
        Assert.Equal(message, form.Wrong);
    }

    [Fact]
    public void AddWave_Twice_StaysRising()
    {
        RolloutForm form = new();
        form.AddWave();
        form.AddWave();
        Assert.Equal([10, 50, 75, 87, 100], form.Waves.Select(w => w.Percent));
        Assert.Null(form.Wrong);
    }

    [Theory]
    [InlineData(10, 13, 2)]
    [InlineData(100, 13, 13)]
    [InlineData(50, 0, 0)]
    public void HostsAt_Percent_RoundsUp(int percent, int hosts, int expected) => Assert.Equal(expected, RolloutForm.HostsAt(percent, hosts));

    [Theory]
    [InlineData("kind: X\nmetadata:\n  name: doe-exclusive\n", "doe-exclusive")]
    [InlineData("metadata:\n  description: name of it\n  name: 'b'\n", "b")]
    [InlineData("metadata: { name: c, description: d }\n", "c")]
    [InlineData("spec:\n  name: no\n", null)]
    public void NameOf_Document_IsItsMetadataName(string document, string? name) => Assert.Equal(name, PolicyDocument.NameOf(document));

    [Fact]
    public void NameOf_ManyIndentedLinesAndNoName_EndsAllTheSame() =>
        Assert.Null(PolicyDocument.NameOf("metadata:\n" + string.Concat(Enumerable.Repeat("        description of it\n", 2_000)) + "spec:\n"));

    [Fact]
    public void NameOf_Template_IsFound() => Assert.Equal("doe-exclusive", PolicyDocument.NameOf(PolicyDocument.Template));

    [Fact]
    public void JoinCommand_Token_IsTheExactCommand()
    {
        JoinTokenView view = new() { Id = "t", State = "active", Uses = 2, Used = 0, Author = "admin", Created = Samples.Now, Expires = Samples.Now.AddHours(1) };

        Assert.Equal(
            "fleet-agent run --server https://fleet.example.net:8443 --token fleetjoin_a.b --data /var/lib/pcifleet/agent",
            JoinCommand.Of(new JoinTokenCreated("fleetjoin_a.b", "https://fleet.example.net:8443", view)));
        Assert.Equal("open", JoinCommand.StateOf(view, Samples.Now).Word);
        Assert.True(JoinCommand.IsOpen(view, Samples.Now));
        Assert.False(JoinCommand.IsOpen(view with { Used = 2 }, Samples.Now));
        Assert.Equal("used up", JoinCommand.StateOf(view with { Used = 2 }, Samples.Now).Word);
        Assert.Equal("expired", JoinCommand.StateOf(view, Samples.Now.AddHours(1)).Word);
    }

    [Theory]
    [InlineData("/hosts?q=a", "/hosts?q=a")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData(null, "/")]
    public void LocalReturn_Url_StaysOnThisServer(string? url, string expected) => Assert.Equal(expected, new SignIn { ReturnUrl = url }.LocalReturn);

    [Fact]
    public void CountNewer_HeldList_CountsWhatCame() =>
        Assert.Equal(2, HeldEvents.CountNewer([Samples.Refused(5), Samples.Refused(4)], [Samples.Refused(7), Samples.Refused(6), Samples.Refused(5)]));

    [Fact]
    public void RegisterBits_Value_PartsSetNamedAndOther()
    {
        DecodedRegister control = new(0x108, 4, "Control", "80000002", [new DecodedField("go", 31, 31, 1, null), new DecodedField("abort", 0, 0, 0, null)]);

        IReadOnlyList<RegisterBits.Bit> bits = RegisterBits.Of(control);

        Assert.Equal(32, bits.Count);
        Assert.Equal((31, true, true), (bits[0].Number, bits[0].Set, bits[0].Named));
        Assert.Equal((true, false), (bits[30].Set, bits[30].Named));
        Assert.Equal((false, true), (bits[31].Set, bits[31].Named));
        Assert.Empty(RegisterBits.Of(control with { Value = null }));
    }
}
