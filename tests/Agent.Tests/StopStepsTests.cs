using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests;

public sealed class StopStepsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Said _log = new();

    [Fact]
    public async Task DoAsync_StepThatHangs_IsNamedAndTheNextIsDone()
    {
        StopSteps stop = new(_time, _log);
        TaskCompletionSource never = new();
        bool next = false;

        Task hanging = stop.DoAsync("what hangs", TimeSpan.FromSeconds(3), () => never.Task);
        while (!hanging.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1)); // until the step has begun to be waited for
            await Task.Yield();
        }

        await stop.DoAsync("the next", TimeSpan.FromSeconds(3), () => next = true);

        Assert.True(next);
        Assert.Contains("what hangs", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DoAsync_StepThatFails_IsNamedWithItsCause()
    {
        StopSteps stop = new(_time, _log);

        await stop.DoAsync("what fails", TimeSpan.FromSeconds(3), () => Task.FromException(new IOException("no disk")));

        (string message, Exception? cause) = Assert.Single(_log.Lines);
        Assert.Equal(("Stopping what fails failed", "no disk"), (message, cause?.Message));
    }

    private sealed class Said : ILogger
    {
        public List<(string Message, Exception? Cause)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((formatter(state, exception), exception));
    }
}
