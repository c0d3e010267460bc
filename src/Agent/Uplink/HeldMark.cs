namespace Fleet.Agent.Uplink;

/// <summary>
/// An empty file that is there while events are held in memory because the spool's file cannot be opened or marked. An agent that ends meanwhile takes them along, and
/// the next one tells of it by this. It needs no block of a disk that is full; where even that is refused, the log of the agent that ended is all that says so.
/// </summary>
internal sealed class HeldMark
{
    private readonly string _path;
    private bool _set;

    public HeldMark(string path)
    {
        _path = path;
        Since = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : null;
    }

    /// <summary>Since when an earlier life of the agent held events in memory to its end; null when none did.</summary>
    public DateTimeOffset? Since { get; }

    public void Set()
    {
        if (_set || Since is not null)
        {
            return;
        }

        try
        {
            File.Create(_path).Dispose();
            _set = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk's trouble is told already; the next write that it refuses tries this again.
        }
    }

    public void Clear()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tells of an interval too many, which is better than of one too few.
        }
    }
}
