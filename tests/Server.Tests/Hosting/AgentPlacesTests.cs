using Fleet.Server.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Server.Tests.Hosting;

public sealed class AgentPlacesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Said _said = new();

    [Fact]
    public void Take_WithoutAPlace_IsRefusedCountedAndLoggedOnceAMinute()
    {
        AgentPlaces places = Places(limit: 436, open: 370); // 436 - 370 - 64
        Assert.Equal(2, places.Most);
        AgentPlaces.Place first = places.Take()!;
        Assert.NotNull(places.Take());

        Assert.Null(places.Take());
        Assert.Null(places.Take());

        Assert.Equal((2, 2L, true), (places.Taken, places.TurnedAway, places.Full));
        Assert.Single(_said.Errors);
        first.Leave();
        first.Leave();
        Assert.Equal(1, places.Taken);
        Assert.NotNull(places.Take());
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(places.Full);
    }

    [Theory]
    [InlineData(65_536, 400, 5_000, false)]
    [InlineData(4_096, 400, 5_000, true)]
    [InlineData(490, 370, 0, true)]
    public void Measure_WhereKnownHostsHaveNoRoom_SaysWhatToDo(int limit, int open, int known, bool warned)
    {
        new AgentPlaces(_time, _said).Measure(limit, open, known);

        Assert.Equal(warned, _said.Warnings.Exists(text => text.Contains("LimitNOFILE", StringComparison.Ordinal)));
    }

    [Fact]
    public void OpenFiles_OfThisProcess_AreKnown()
    {
        Assert.InRange(OpenFiles.Now, 10, OpenFiles.Limit);
    }

    private AgentPlaces Places(int limit, int open)
    {
        AgentPlaces places = new(_time, _said);
        places.Measure(limit, open, known: 0);
        return places;
    }

    private sealed class Said : ILogger<AgentPlaces>
    {
        public List<string> Warnings { get; } = [];

        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            (logLevel is LogLevel.Error ? Errors : Warnings).Add(formatter(state, exception));
    }
}
