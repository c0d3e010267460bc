namespace Fleet.Broker;

/// <summary>
/// The accesses to one function that wait for claims, in the order they came. Two locks: a short one around the list, and Turn,
/// held while those that may go on are carried out, so that nobody overtakes them. A deadline or a cancelled access needs only
/// the short one, however long the function takes to answer.
/// </summary>
internal sealed class WaitingLine
{
    /// <summary>Most accesses that may wait for claims on one function; a further one is refused.</summary>
    public const int Most = 256;

    private readonly Lock _gate = new();
    private readonly List<WaitingAccess> _line = [];
    private volatile int _count;
    private volatile int _seen;

    /// <summary>Held by whoever carries out what waited.</summary>
    public Lock Turn { get; } = new();

    /// <summary>The generation of the table that the line was last asked about.</summary>
    public int Seen
    {
        get => _seen;
        set => _seen = value;
    }

    /// <summary>Whether nobody waits; the one look that every access pays for.</summary>
    public bool IsEmpty => _count is 0;

    public bool TryAdd(WaitingAccess access)
    {
        lock (_gate)
        {
            if (_line.Count >= Most)
            {
                return false;
            }

            _line.Add(access);
            _count = _line.Count;
            return true;
        }
    }

    public void Remove(WaitingAccess access)
    {
        lock (_gate)
        {
            _line.Remove(access);
            _count = _line.Count;
        }
    }

    public WaitingAccess[] InOrder()
    {
        lock (_gate)
        {
            return [.. _line];
        }
    }

    /// <summary>Ends all of them without effect on the function.</summary>
    public void Cancel(AccessStatus why) => Array.ForEach(InOrder(), access => access.Parked.Cancel(why));
}
