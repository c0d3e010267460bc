using Microsoft.Data.Sqlite;

namespace Fleet.Agent.Uplink;

/// <summary>
/// The spool's file as the disk lets it be: opened as soon as that takes it, put aside when it is damaged, in trouble while it refuses. An agent that starts on a full
/// disk decides all the same, and holds events in memory until there is a file for them.
/// </summary>
internal sealed class SpoolDisk(SpoolOptions options, TimeProvider time, LossLedger losses, ILogger log)
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HeldMark _held = new(options.Path + ".held");
    private volatile SpoolFile? _file;
    private volatile string? _trouble;
    private bool _marked;

    /// <summary>The file; null while it could not be opened yet.</summary>
    public SpoolFile? File => _file;

    /// <summary>Why the disk does not take events now; null when it does.</summary>
    public string? Trouble => _trouble;

    /// <summary>Ends when the file is open.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Opens the file, where it is not yet.</summary>
    /// <param name="alive">When an earlier life noted last that nothing waited unwritten.</param>
    /// <param name="opened">Gets the file before anybody else does.</param>
    /// <exception cref="Exception">The disk refuses.</exception>
    public SpoolFile Open(DateTimeOffset? alive, Action<SpoolFile> opened)
    {
        if (_file is { } open)
        {
            return open;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SpoolFile file = OpenOrPutAside();
        IReadOnlyDictionary<LossKey, Loss> untold;
        try
        {
            untold = file.Losses();
            opened(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        // From here on nothing fails: what is added to the losses is added once.
        losses.Restore(untold);
        DateTimeOffset now = time.GetUtcNow();
        if (file.Unreadable > 0)
        {
            losses.Add(LossReasons.SpoolDamaged, Damage());
        }

        if (file.WasOpen)
        {
            losses.Add(LossReasons.UncleanStop, new Loss(0, (alive > file.Written ? alive.Value : file.Written) - options.HeldBack, now));
        }
        else if (_held.Since is { } since)
        {
            losses.Add(LossReasons.DiskFailed, new Loss(0, since - options.HeldBack, now));
        }

        Mark(file, now);
        _file = file;
        _opened.TrySetResult();
        return file;
    }

    /// <summary>What is lost with a row that cannot be read: what it stood for, and of when, only the row said.</summary>
    public Loss Damage() => new(0, System.IO.File.GetCreationTimeUtc(options.Path), time.GetUtcNow());

    /// <summary>The disk refused.</summary>
    public void Failed(Exception e)
    {
        bool first = _trouble is null;
        _trouble = e.Message;
        if (!_marked)
        {
            _held.Set();
        }

        if (first)
        {
            log.SpoolWriteFailed(options.Path, e.Message);
            options.TroubleChanged?.Invoke();
        }
    }

    /// <summary>The disk took what was to be written, and with it that the file is open.</summary>
    public void Works()
    {
        if (!_marked)
        {
            _marked = true;
            _held.Clear();
        }

        if (_trouble is not null)
        {
            _trouble = null;
            log.SpoolWritable(options.Path);
            options.TroubleChanged?.Invoke();
        }
    }

    /// <summary>Closes the file; one that has all that it was given says so.</summary>
    public void Close()
    {
        if (_file is null)
        {
            return;
        }

        if (_trouble is null)
        {
            try
            {
                _file.MarkOpen(open: false, time.GetUtcNow());
            }
            catch (SqliteException e)
            {
                Failed(e);
            }
        }

        _file.Dispose();
    }

    private void Mark(SpoolFile file, DateTimeOffset now)
    {
        try
        {
            file.MarkOpen(open: true, now);
            Works();
        }
        catch (SqliteException e)
        {
            Failed(e); // It can be read, so what it has is sent; the first write that the disk takes marks it too.
        }
    }

    private SpoolFile OpenOrPutAside()
    {
        try
        {
            return SpoolFile.Open(options.Path);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            string aside = $"{options.Path}.damaged-{time.GetUtcNow():yyyyMMddHHmmss}";
            Loss loss = Damage();
            System.IO.File.Move(options.Path, aside, overwrite: true);
            System.IO.File.Delete(options.Path + "-wal");
            System.IO.File.Delete(options.Path + "-shm");
            log.SpoolDamaged(options.Path, aside, e);
            losses.Add(LossReasons.SpoolDamaged, loss);
            return SpoolFile.Open(options.Path);
        }
    }
}
