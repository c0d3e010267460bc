using System.Globalization;
using System.Text;
using Fleet.Agent.Linux;

namespace Fleet.Agent.Guardian;

/// <summary>A line an entry on standard error, and nothing that has to be loaded for it: a guardian is to be small.</summary>
internal sealed class LineLog(TimeProvider time) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss} {logLevel} [{eventId.Id}] {formatter(state, exception)}\n");
        Background.WriteError(Encoding.UTF8.GetBytes(line));
    }
}
