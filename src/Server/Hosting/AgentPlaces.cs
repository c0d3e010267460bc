namespace Fleet.Server.Hosting;

/// <summary>
/// How many connections agents may have to this server: as many as its limit of open files has room for beside operators, the database and the program
/// itself. A connection too many is closed at once, before it costs a handshake, and its agent tries again after a pause of its own; without this the
/// last descriptors would go to agents, and neither an operator nor the database would get one.
/// </summary>
internal sealed class AgentPlaces(TimeProvider time, ILogger<AgentPlaces> log)
{
    private const int FewAtAll = 64;
    private const int LeastKept = 64;
    private const int MostKept = 1024;
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private int _most = int.MaxValue;
    private int _taken;
    private long _turnedAway;
    private DateTimeOffset? _full;

    /// <summary>Connections that there is room for.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Connections to the agents' port now, also those that have not proven yet whose they are.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Connections closed for want of room.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    /// <summary>Whether agents were turned away within the last minute.</summary>
    public bool Full => _full is { } since && time.GetUtcNow() - since < Recently;

    /// <summary>Of the room that a limit leaves an eighth is kept for operators and whatever else opens files.</summary>
    /// <param name="limit">Files that may be open.</param>
    /// <param name="open">Files that are open before any agent came.</param>
    public static int RoomIn(int limit, int open) => Math.Max(1, limit - open - Math.Clamp(limit / 8, LeastKept, MostKept));

    /// <summary>Looks at the limit; once, when everything else is open. Says so when it is too low for the hosts that are known.</summary>
    public void Measure(int limit, int open, int known)
    {
        Volatile.Write(ref _most, RoomIn(limit, open));

        // While an agent comes back its last connection may not be known to be dead.
        if (Most < Math.Max(FewAtAll, known + (known / 4)))
        {
            log.FewPlaces(limit, Most, known);
        }
    }

    /// <summary>Takes a place for a connection; null when there is none.</summary>
    public Place? Take()
    {
        if (Interlocked.Increment(ref _taken) <= Most)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _taken);
        TurnAway();
        return null;
    }

    private void TurnAway()
    {
        Interlocked.Increment(ref _turnedAway);
        bool first;
        lock (_gate)
        {
            first = !Full;
            _full = time.GetUtcNow();
        }

        if (first)
        {
            log.NoPlaceLeft(Most);
        }
    }

    /// <summary>A connection's place; given back once.</summary>
    internal sealed class Place(AgentPlaces places)
    {
        private int _left;

        public void Leave()
        {
            if (Interlocked.Exchange(ref _left, 1) is 0)
            {
                Interlocked.Decrement(ref places._taken);
            }
        }
    }
}
