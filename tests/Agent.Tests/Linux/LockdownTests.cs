using Fleet.Agent.Linux;

namespace Fleet.Agent.Tests.Linux;

public sealed class LockdownTests
{
    [Theory]
    [InlineData("none [integrity] confidentiality", "integrity")]
    [InlineData("[none] integrity confidentiality", "none")]
    [InlineData("", "unknown")]
    [InlineData("] [", "unknown")]
    public void Parse_BracketedWord_IsTheLevel(string text, string expected)
    {
        Assert.Equal(expected, Lockdown.Parse(text));
    }
}
