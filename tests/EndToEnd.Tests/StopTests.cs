using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>A signal to stop is obeyed at any moment, also in the middle of the start, and leaves no mount behind.</summary>
public sealed class StopTests
{
    private const int Hosts = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(Hosts)]
    public async Task Simulator_ToldToStopWhileItStarts_EndsWellAndLeavesNoMount(int mounted)
    {
        Places.NeedMounts();
        string data = Places.NewData("stopped-at-start");
        string run = Directory.CreateTempSubdirectory("fleet-stop-").FullName;
        await using Daemon simulator = Daemon.Start(Places.Simulator, "run", "--hosts", $"{Hosts}", "--data", data, "--run", run);
        await simulator.UntilAsync(() => Mounts.Under(run).Count >= mounted, TimeSpan.FromSeconds(60), $"{mounted} mirrors were there");

        int status = await simulator.StopAsync();

        Assert.True(status is 0, $"fleet-sim ended with {status}:\n{simulator.Said}");
        Assert.Empty(Mounts.Under(run));
        Directory.Delete(run, recursive: true);
    }

    [Fact]
    public async Task Agent_ToldToStopWhileItStarts_EndsWellAndLeavesNoMount()
    {
        Places.NeedMounts();
        string run = Directory.CreateTempSubdirectory("fleet-stop-").FullName;
        await using Daemon agent = Daemon.Start(Places.Agent, "run", "--data", Places.NewData("agent-stopped-at-start"), "--run", run);
        await agent.UntilAsync(() => Mounts.Under(run).Count > 0, TimeSpan.FromSeconds(60), "its mirror was there");

        int status = await agent.StopAsync();

        Assert.True(status is 0, $"fleet-agent ended with {status}:\n{agent.Said}");
        Assert.Empty(Mounts.Under(run));
        Directory.Delete(run, recursive: true);
    }
}
