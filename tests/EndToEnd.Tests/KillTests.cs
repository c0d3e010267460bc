using System.Text.Json;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>
/// kill -9 of the agent under load, in every way that an operator can choose for its death. The devices are simulated and live in another
/// process; agent, guardian, mounts and callers are real. ./bench kill does the same two hundred times.
/// </summary>
public sealed class KillTests
{
    [Theory]
    [InlineData("open", 6)]
    [InlineData("closed", 6)]
    [InlineData("wait", 8)]
    public async Task Agent_KilledUnderLoad_NobodyHangsAndAllIsAsChosen(string mode, int kills)
    {
        Places.NeedMounts();

        Output trial = await Shell.RunAsync(
            TimeSpan.FromMinutes(6), "unshare", "-m", "--propagation", "private", "--", Places.MirrorHost, "trial", mode, $"{kills}", "20261125");

        JsonElement report = JsonDocument.Parse(trial.Text.Split('\n')[0]).RootElement;
        Assert.Empty(report.GetProperty("Wrong").EnumerateArray().Select(wrong => wrong.GetString()!));
        Assert.Equal(kills, report.GetProperty("Kills").GetInt32());
        Assert.Equal(0, report.GetProperty("Hung").GetInt32());
        Assert.Equal(0, report.GetProperty("DeadMounts").GetInt32());
        Assert.Equal(0, report.GetProperty("UnusableMailboxes").GetInt32());
        Assert.True(report.GetProperty("Calls").GetInt64() > kills, "the callers did nothing");
        // A write that came back with EIO was told of; more may be told of, whose caller saw another error.
        Assert.True(mode is not "wait" || report.GetProperty("UnknownEvents").GetInt64() >= report.GetProperty("UnknownWrites").GetInt64());
    }
}
