using System.Collections.Concurrent;
using Fleet.Agent.Sensors;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests;

/// <summary>The set of an agent's sensors: those that a busy host made late are tried again, losses are told.</summary>
public sealed class HostSensorsTests : IEventSink, IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<FleetEvent> _events = new();
    private readonly HostSensors _sensors;
    private int _changes;

    public HostSensorsTests() => _sensors = new HostSensors(_ => { }, () => Interlocked.Increment(ref _changes), this, _time, NullLogger.Instance);

    [Fact]
    public async Task Start_SensorThatIsLate_IsTriedAgainUntilItWorks()
    {
        ScriptedSensor late = new("late", Late: 2);

        _sensors.Start([late]);

        Assert.False(Assert.Single(_sensors.Reports).Works);
        await AdvanceUntilAsync(() => _sensors.Reports[0].Works);
        Assert.Equal(3, late.Starts);
        await WaitFor.TrueAsync(() => Volatile.Read(ref _changes) is 1);
    }

    [Fact]
    public async Task Start_SensorThatCannotWork_IsLeftAlone()
    {
        ScriptedSensor never = new("never", Late: 0, Works: false);
        ScriptedSensor late = new("late", Late: 1);

        _sensors.Start([never, late]);
        await AdvanceUntilAsync(() => _sensors.Reports[1].Works);

        Assert.Equal((1, 2), (never.Starts, late.Starts));
        Assert.False(_sensors.Reports[0].Works);
    }

    [Fact]
    public async Task Start_OfMoreLater_TriesThoseAgainToo()
    {
        _sensors.Start([new ScriptedSensor("first", Late: 0)]);
        _sensors.Start([new ScriptedSensor("guard", Late: 1)]);

        await AdvanceUntilAsync(() => _sensors.Reports.All(report => report.Works));
    }

    [Fact]
    public async Task Dispose_WhileOneIsTried_EndsTheTrialAndDisposesAll()
    {
        ScriptedSensor late = new("late", Late: 1, Hangs: true);
        _sensors.Start([late]);
        await AdvanceUntilAsync(() => late.Starts is 2);

        await Task.Run(_sensors.Dispose, TestContext.Current.CancellationToken).WaitAsync(WaitFor.Patience, TestContext.Current.CancellationToken);

        Assert.True(late.Disposed);
    }

    [Fact]
    public void Lost_WhileTheyRun_IsToldOnceAMinute()
    {
        ScriptedSensor sensor = new("kprobe", Late: 0);
        _sensors.Start([sensor]);

        sensor.Lost = 7;
        _time.Advance(TimeSpan.FromMinutes(2));
        sensor.Lost = 9;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([7L, 2], _events.Select(e => e.Count));
        Assert.All(_events, e => Assert.Equal((EventKinds.AgentLoss, "kprobe"), (e.Kind, e.Sensor)));
        Assert.Equal(9, _sensors.Lost["kprobe"]);
    }

    void IEventSink.Publish(FleetEvent fleetEvent) => _events.Enqueue(fleetEvent);

    public void Dispose() => _sensors.Dispose();

    // The wait for the next try may begin after any step of the clock.
    private Task AdvanceUntilAsync(Func<bool> condition) => WaitFor.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        return condition();
    });

    private sealed class ScriptedSensor(string name, int Late, bool Works = true, bool Hangs = false) : ISensor
    {
        private int _starts;

        public string Name => name;

        public long Lost { get; set; }

        public bool WasLate { get; private set; }

        public int Starts => Volatile.Read(ref _starts);

        public bool Disposed { get; private set; }

        public SensorReport Start(Action<BypassAccess> seen, TimeSpan patience, CancellationToken ct)
        {
            WasLate = Interlocked.Increment(ref _starts) <= Late;
            if (!WasLate && Hangs)
            {
                ct.WaitHandle.WaitOne();
                ct.ThrowIfCancellationRequested();
            }

            return new SensorReport(name, Works && !WasLate, WasLate ? "It was late." : "", "");
        }

        public void Dispose() => Disposed = true;
    }
}
