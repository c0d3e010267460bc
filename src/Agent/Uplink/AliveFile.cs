namespace Fleet.Agent.Uplink;

/// <summary>
/// A file whose time says when the spool had last nothing unwritten. Not flushed to disk: it is there to tell how little a kill may have cost,
/// and where it is lost the spool's own last write does.
/// </summary>
internal sealed class AliveFile : IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Func<bool> _nothingWaits;
    private readonly ITimer _timer;

    public AliveFile(string path, TimeSpan interval, TimeProvider time, Func<bool> nothingWaits)
    {
        _path = path;
        _time = time;
        _nothingWaits = nothingWaits;
        Last = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : null;
        _timer = time.CreateTimer(_ => Touch(), null, interval, interval);
    }

    /// <summary>What an earlier life of the agent noted last; null for nothing.</summary>
    public DateTimeOffset? Last { get; }

    public void Dispose() => _timer.Dispose();

    private void Touch()
    {
        if (!_nothingWaits())
        {
            return;
        }

        try
        {
            using (File.OpenWrite(_path))
            {
            }

            File.SetLastWriteTimeUtc(_path, _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that refuses this tells of itself with the next event.
        }
    }
}
