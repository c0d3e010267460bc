using Fleet.Simulator.Load;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Simulator.Tests.Load;

public sealed class OutageTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Pause_DuringAnOutage_PassesFaster()
    {
        Outage network = new(_time);
        network.Begin(compression: 10);
        Task pause = network.PauseAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(3));

        await pause.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Pause_WhoseOutageEnds_HasTheRestBeforeItAtTheClocksSpeed()
    {
        Outage network = new(_time);
        network.Begin(compression: 10);
        Task pause = network.PauseAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1)); // of the outage: ten of the pause
        network.End();

        // Ten seconds are over, twenty are left, whenever the pause comes to see it: had the outage gone on, two would do.
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(pause.IsCompleted);
        while (!pause.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await pause;
    }
}
