using Fleet.Contracts;

namespace Fleet.Broker;

/// <summary>The repeats of one contended access in its present window; each window is twice as long as the one before.</summary>
internal sealed class ContentionWindow(Caller? caller, ClaimReference? claim, long began)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(30);

    // What comes once a second must not find its window just closed each time.
    private static readonly TimeSpan Lingering = TimeSpan.FromSeconds(2);

    private TimeSpan _length = Shortest;
    private bool _lingers;

    public Caller? Caller { get; } = caller;

    /// <summary>The claim they met; null when they met several.</summary>
    public ClaimReference? Claim { get; private set; } = claim;

    public long Began { get; private set; } = began;

    public TimeSpan Length => _lingers ? Lingering : _length;

    public long Count { get; private set; }

    public DateTimeOffset First { get; private set; }

    public DateTimeOffset Last { get; private set; }

    /// <summary>The longest wait of them, if they waited.</summary>
    public Waited? Longest { get; private set; }

    public void Add(DateTimeOffset now, ClaimReference? claim, Waited? waited)
    {
        Claim = Equals(Claim, claim) ? Claim : null;
        Longest = Longest is { } longest && !(waited?.For > longest.For) ? longest : waited;
        First = Count is 0 ? now : First;
        Last = now;
        Count++;
    }

    /// <summary>Nothing came: it stays a little longer, once. False when it had that already and is over.</summary>
    public bool TryLinger(long now, TimeSpan quiet)
    {
        if (_lingers || quiet >= _length + Lingering)
        {
            return false;
        }

        Began = now;
        _lingers = true;
        return true;
    }

    public void Restart(long began)
    {
        Began = began;
        _length = _length * 2 < LongestWindow ? _length * 2 : LongestWindow;
        _lingers = false;
        Count = 0;
        Longest = null;
    }
}
