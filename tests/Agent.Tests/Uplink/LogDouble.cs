using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tests.Uplink;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogDouble : ILogger
{
    private readonly ConcurrentQueue<string> _said = new();

    public IReadOnlyCollection<string> Said => _said;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _said.Enqueue(formatter(state, exception));
}
