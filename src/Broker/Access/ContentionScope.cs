namespace Fleet.Broker;

/// <summary>
/// How many different bytes of a function one process is told of, by operation and decision: at most so many at a time, and new ones
/// no faster than one every thirty seconds once the first few were told.
/// </summary>
internal sealed class ContentionScope(TimeProvider time)
{
    private const int Most = 8;

    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(30);

    private int _open;
    private double _left = Most;
    private long _at = time.GetTimestamp();

    /// <summary>Whether nothing is open and it is as if it had never been.</summary>
    public bool IsFresh => _open is 0 && Left() >= Most;

    public bool TryOpen()
    {
        double left = Left();
        if (_open >= Most || left < 1)
        {
            return false;
        }

        _at = time.GetTimestamp();
        _left = left - 1;
        _open++;
        return true;
    }

    public void Close(bool counted) => _open -= counted && _open > 0 ? 1 : 0;

    private double Left() => Math.Min(Most, _left + (time.GetElapsedTime(_at) / Refill));
}
