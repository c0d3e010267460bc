using Fleet.Contracts;

namespace Fleet.Agent.Uplink;

/// <summary>How the host stands with its server: its identity now, how far its clock is off, why it is refused. Read from any thread.</summary>
internal sealed class LinkStanding(AgentIdentity identity, TimeProvider time)
{
    /// <summary>A clock that is this far off is worth saying so.</summary>
    public static readonly TimeSpan NotableOffset = TimeSpan.FromMinutes(5);

    private const long NotMeasured = long.MinValue;
    private volatile AgentIdentity _identity = identity;
    private volatile LinkRefusal? _refusal;
    private long _offset = NotMeasured;

    public AgentIdentity Identity { get => _identity; set => _identity = value; }

    /// <summary>Why the server did not let the host in the last time; null when it did.</summary>
    public LinkRefusal? Refusal { get => _refusal; set => _refusal = value; }

    /// <summary>This host's clock less the server's; null until it was measured.</summary>
    public TimeSpan? ClockOffset => Interlocked.Read(ref _offset) is var ticks and not NotMeasured ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>The server's clock, as far as it is known.</summary>
    public DateTimeOffset ServerNow => time.GetUtcNow() - (ClockOffset ?? TimeSpan.Zero);

    /// <summary>The server said its time in an answer that was asked for at one moment and came at another.</summary>
    public void Measure(DateTimeOffset asked, DateTimeOffset server, DateTimeOffset answered) =>
        Interlocked.Exchange(ref _offset, (asked + ((answered - asked) / 2) - server).Ticks);

    public LocalLink Describe() => new(Refusal?.Reason, Refusal?.Detail, ClockOffset?.TotalSeconds, Identity.NotAfter);
}
