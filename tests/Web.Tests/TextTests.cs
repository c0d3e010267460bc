using Fleet.Contracts;
using Fleet.Web.Pages.Functions;
using Fleet.Web.Pages.Hosts;
using Fleet.Web.Text;

namespace Fleet.Web.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(6914, "6,914")]
    [InlineData(-1204, "-1,204")]
    public void Count_Thousands_ArePartedByComma(long value, string text) => Assert.Equal(text, Show.Count(value));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(0.4, "0 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3599, "59 min")]
    [InlineData(26 * 3600, "26 h")]
    [InlineData(48 * 3600, "2 d")]
    [InlineData(1500 * 86400.0, "1,500 d")]
    public void Span_Seconds_AreOneUnit(double seconds, string text) => Assert.Equal(text, Show.Span(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Clock_OtherOffset_IsUtcWithMilliseconds() =>
        Assert.Equal("14:15:35.348", Show.Clock(new DateTimeOffset(2026, 11, 22, 15, 15, 35, 348, TimeSpan.FromHours(1))));

    [Fact]
    public void Region_OffsetAndLength_AreHexadecimal() => Assert.Equal("078+2c", Show.Region(0x78, 0x2c));

    [Theory]
    [InlineData(112, 100, "up 12 % on the hour before")]
    [InlineData(50, 100, "down 50 % on the hour before")]
    [InlineData(5, 0, "none in the hour before")]
    [InlineData(0, 0, "none in the hour before either")]
    [InlineData(7, 7, "as in the hour before")]
    public void Change_Counts_AreWords(long now, long before, string text) => Assert.Equal(text, Show.Change(now, before));

    [Theory]
    [InlineData("host:r12-* and driver:nvme", "driver", "nvme")]
    [InlineData("doe:\"0001:01\"", "doe", "0001:01")]
    [InlineData("comm:\"a and b\" and uid:0", "comm", "a and b")]
    [InlineData("host:a or host:b", "host", null)]
    [InlineData("not host:a", "host", null)]
    [InlineData("(host:a and driver:b)", "host", null)]
    [InlineData(null, "host", null)]
    public void Get_Term_IsFoundInAConjunction(string? filter, string field, string? value) => Assert.Equal(value, FilterText.Get(filter, field));

    [Theory]
    [InlineData(null, "host", "r12-*", "host:r12-*")]
    [InlineData("host:a and driver:nvme", "host", "b", "host:b and driver:nvme")]
    [InlineData("host:a and driver:nvme", "host", "", "driver:nvme")]
    [InlineData("host:a or host:b", "driver", "nvme", "(host:a or host:b) and driver:nvme")]
    [InlineData("uid:0", "function", "0000:41:00.0", "uid:0 and function:\"0000:41:00.0\"")]
    [InlineData("uid:0", "comm", "say \"hi\"", "uid:0 and comm:\"say \\\"hi\\\"\"")]
    public void Set_Term_KeepsTheRest(string? filter, string field, string value, string expected) =>
        Assert.Equal(expected, FilterText.Set(filter, field, value));

    [Theory]
    [InlineData("with space")]
    [InlineData("a\"b\\c")]
    [InlineData("0000:41:00.0")]
    public void SetThenGet_AnyValue_ComesBack(string value) => Assert.Equal(value, FilterText.Get(FilterText.Set("x:1", "y", value), "y"));

    [Theory]
    [InlineData(RolloutPhase.Running, "Baking")]
    [InlineData(RolloutPhase.Aborted, "Stopped")]
    [InlineData(RolloutPhase.Superseded, "Stopped")]
    public void Wave_OfAnEndedRollout_IsNotShownAsGoingOn(RolloutPhase phase, string word) => Assert.Equal(word, Tones.Wave("baking", phase).Word);

    [Fact]
    public void Host_UnknownState_IsNotShownAsGood() => Assert.Equal("unknown", Tones.Host("sleeping").Kind);

    [Fact]
    public void PolicyTone_SilentHostThatReportedIt_IsNotInForceNow()
    {
        HostView silent = new() { Id = Samples.Host, Name = "r1", State = "silent", LastSeen = Samples.Now, Joined = Samples.Now };

        Assert.Equal("unknown", HostText.PolicyTone(new HostPolicy("p", 4, 4), silent).Kind);
        Assert.Equal("ok", HostText.PolicyTone(new HostPolicy("p", 4, 4), silent with { State = "live" }).Kind);
        Assert.Equal("bad", HostText.PolicyTone(new HostPolicy("p", 4, 3), silent with { State = "live", Rejected = "no" }).Kind);
    }

    [Theory]
    [InlineData("Samsung Electronics Co Ltd", "Samsung")]
    [InlineData("Broadcom Inc.", "Broadcom")]
    [InlineData("Intel Corporation", "Intel")]
    [InlineData("KIOXIA", "KIOXIA")]
    public void Short_Vendor_LosesItsLegalForm(string vendor, string name) => Assert.Equal(name, FunctionNames.Short(vendor));

    [Theory]
    [InlineData(EnforcementMode.Enforce, "broker holds 108+10, writes of others are refused")]
    [InlineData(EnforcementMode.Shadow, "broker holds 108+10, writes of others would be refused")]
    [InlineData(EnforcementMode.Observe, "broker holds 108+10, writes of others are recorded")]
    public void Sentence_Mode_SaysHowFarTheClaimActs(EnforcementMode mode, string text) =>
        Assert.Equal(text, ClaimText.Sentence(Samples.Claim("x", 0x108, 0x10, ClaimSource.Default, mode).Claim));

    [Theory]
    [InlineData(ClaimAction.Cached, ClaimAction.Virtualise, EnforcementMode.Enforce, "reads of others are answered from what was last read, writes are given registers of their own")]
    [InlineData(ClaimAction.Ones, ClaimAction.Allow, EnforcementMode.Shadow, "reads of others would be answered with ones")]
    [InlineData(ClaimAction.Wait, ClaimAction.Wait, EnforcementMode.Enforce, "reads and writes of others are parked up to 40 ms")]
    [InlineData(ClaimAction.Ones, ClaimAction.Refuse, EnforcementMode.Observe, "reads and writes of others are recorded")]
    [InlineData(ClaimAction.Allow, ClaimAction.Allow, EnforcementMode.Enforce, "others may read and write")]
    [InlineData(ClaimAction.Allow, ClaimAction.Refuse, EnforcementMode.Unknown, "its mode is not known here")]
    public void Effect_Actions_SaysWhatHappensToReadsAndWrites(ClaimAction onRead, ClaimAction onWrite, EnforcementMode mode, string text) =>
        Assert.Equal(text, ClaimText.Effect(Samples.Claim("x", 0, 4, ClaimSource.Policy, mode).Claim with { OnRead = onRead, OnWrite = onWrite, WaitMilliseconds = 40 }));

    [Fact]
    public void Sentence_Lease_SaysWhoPasses() =>
        Assert.Equal("broker may pass at 108+10 in spite of claims", ClaimText.Sentence(Samples.Claim("x", 0x108, 0x10, ClaimSource.Lease).Claim));
}
