using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class ProcessStatusTests
{
    [Fact]
    public void Parse_StatusText_FindsGroupAndCapability()
    {
        ProcessStatus status = ProcessStatus.Parse("Name:\tsetpci\nTgid:\t4711\nCapEff:\t0000000000200000\n");

        Assert.Equal(4711, status.Tgid);
        Assert.True(status.HasAdminCapability);
    }

    [Theory]
    [InlineData("0000000000000100", "0000000000000000", true)] // SIGKILL
    [InlineData("0000000000000100", "ffffffffffffffff", true)] // nothing handles SIGKILL
    [InlineData("0000000000000002", "0000000000000000", true)] // SIGINT by default
    [InlineData("0000000000000002", "0000000000000002", false)] // SIGINT with a handler
    [InlineData("0000000000010000", "0000000000000000", false)] // SIGCHLD is harmless
    [InlineData("0000000000000000", "0000000000000000", false)]
    public void IsDying_PendingSignals_OnlyFatalOnesCount(string pending, string caught, bool dying)
    {
        Assert.Equal(dying, ProcessStatus.Parse($"SigPnd:\t{pending}\nSigCgt:\t{caught}\n").IsDying);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Tgid:")]
    [InlineData("CapEff:\tzzzz\nTgid:\t-1\n:::\n")]
    public void Parse_Nonsense_GivesNothing(string text)
    {
        ProcessStatus status = ProcessStatus.Parse(text);

        Assert.Equal(0, status.Tgid);
        Assert.False(status.HasAdminCapability);
    }
}
