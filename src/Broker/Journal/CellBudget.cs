namespace Fleet.Broker;

/// <summary>
/// How many new cells a caller may make: some at once, and a few each minute from then on. Without it one tool that goes over all
/// bytes of all functions would leave no cell to anybody else. What goes beyond is counted in wide cells, without its bytes.
/// </summary>
internal sealed class CellBudget(JournalLayout layout)
{
    private readonly int _burst = Math.Max(16, layout.Cells / 16);
    private readonly int _aMinute = Math.Max(4, layout.Cells / 512);
    private readonly int[] _left = [.. Enumerable.Repeat(Math.Max(16, layout.Cells / 16), layout.Callers)];
    private readonly uint[] _minute = new uint[layout.Callers];

    /// <summary>Takes one; lock-free, and exact only as far as it matters: two threads may fill up one minute twice.</summary>
    public bool TryTake(int caller, uint minute)
    {
        uint last = Volatile.Read(ref _minute[caller]);
        if (last != minute && Interlocked.CompareExchange(ref _minute[caller], minute, last) == last)
        {
            long more = last is 0 ? 0 : (long)_aMinute * (minute > last ? Math.Min(minute - last, 60) : 1);
            int left = Math.Max(0, Volatile.Read(ref _left[caller]));
            Interlocked.Exchange(ref _left[caller], (int)Math.Min(_burst, left + more));
        }

        if (Volatile.Read(ref _left[caller]) <= 0)
        {
            return false;
        }

        return Interlocked.Decrement(ref _left[caller]) >= 0;
    }
}
