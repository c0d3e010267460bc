namespace Fleet.Pci.Doe;

/// <summary>Waits between looks at a register: 1, 2, 4, then 8 ms, until the time is up.</summary>
internal sealed class DoePoll(TimeProvider time, TimeSpan limit)
{
    private const int LongestMilliseconds = 8;

    private readonly long _start = time.GetTimestamp();
    private int _milliseconds = 1;

    public bool Expired => time.GetElapsedTime(_start) >= limit;

    public async Task WaitAsync(CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_milliseconds), time, ct);
        _milliseconds = Math.Min(_milliseconds * 2, LongestMilliseconds);
    }
}
