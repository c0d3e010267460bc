using System.Text.Json;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>
/// What agents made is stored exactly once, in order, or its loss is announced, whatever is killed, cut, slowed and filled meanwhile. A slice of what
/// ./bench faults does fifty times over.
/// </summary>
public sealed class FaultTests
{
    private const int Kills = 6;

    [Fact]
    public async Task Fleet_UnderFaults_StoresEverythingOnceOrAnnouncesItsLoss()
    {
        string place = Places.NewData("faults");
        int seed = Random.Shared.Next();
        string[] trial = [Places.FaultTrial, "trial", place, "sqlite", $"{Kills}", $"{seed}", "2", Places.Server, Places.Agent];

        // Disks are filled where mounts can be made; they end with the trial.
        Output output = Environment.IsPrivilegedProcess
            ? await Shell.RunAsync(TimeSpan.FromMinutes(6), "unshare", ["-m", "--propagation", "private", "--", .. trial])
            : await Shell.RunAsync(TimeSpan.FromMinutes(6), trial[0], trial[1..]);

        Assert.True(output.Text.Length > 0, $"seed {seed}: the trial ended with {output.Status}: {output.Errors}");
        JsonElement report = JsonDocument.Parse(output.Text.Split('\n')[0]).RootElement;
        Assert.True(output.Status is 0, output.Text);
        JsonElement faults = report.GetProperty("Faults");
        Assert.All(["kill server", "kill hosts"], fault => Assert.True(faults.GetProperty(fault).GetInt32() > 0));
        Assert.True(report.GetProperty("Verdict").GetProperty("Stored").GetInt64() > 1_000, output.Text);
        Assert.True(report.GetProperty("Verdict").GetProperty("AnnouncedIntervals").GetInt32() > 0, "agents were killed, and no interval tells of it");
    }
}
