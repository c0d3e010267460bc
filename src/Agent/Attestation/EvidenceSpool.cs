using System.Text.Json;
using System.Threading.Channels;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>
/// Evidence that the server has not committed, a file a job: it is never dropped, survives kill -9 and a power cut, and goes when it is
/// acknowledged. A file rather than a row, so that an agent that nobody asks has nothing open.
/// </summary>
internal sealed class EvidenceSpool
{
    private const string Extension = ".json";

    private readonly string _directory;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<string> _waiting;
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _lost;

    /// <summary>Opens the directory, which need not be there yet, with what an earlier life of the agent left in it.</summary>
    public EvidenceSpool(string directory, ILogger log)
    {
        _directory = directory;
        _log = log;
        _waiting = [.. Files().Select(file => Path.GetFileNameWithoutExtension(file.Name))];
        if (_waiting.Count > 0)
        {
            _arrivals.Writer.TryWrite(true);
        }
    }

    /// <summary>Reports that wait for acknowledgement.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Reports that could not be read again and were put aside.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public bool Contains(string job)
    {
        lock (_gate)
        {
            return _waiting.Contains(job);
        }
    }

    /// <summary>Keeps a report; when this returns it is on disk.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Add(EvidenceReport report)
    {
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFile.Write(PathOf(report.Job), FleetJson.Write(report), secret: true);
        lock (_gate)
        {
            if (!_waiting.Contains(report.Job))
            {
                _waiting.Add(report.Job);
            }
        }

        _arrivals.Writer.TryWrite(true);
    }

    /// <summary>The report that has waited longest; null when none does. One that cannot be read is put aside, and the log says so.</summary>
    public EvidenceReport? Peek()
    {
        while (true)
        {
            string job;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    return null;
                }

                job = _waiting[0];
            }

            try
            {
                if (FleetJson.Read<EvidenceReport>(File.ReadAllBytes(PathOf(job))) is { } report && report.Job == job)
                {
                    return report;
                }

                PutAside(job, "it is another's");
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                PutAside(job, e.Message);
            }
        }
    }

    /// <summary>Returns when reports may have arrived since the last call.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _arrivals.Reader.ReadAsync(ct);

    /// <summary>Forgets what the server has committed.</summary>
    public void Acknowledge(string job)
    {
        File.Delete(PathOf(job));
        Forget(job);
    }

    private void PutAside(string job, string why)
    {
        _log.EvidenceUnreadable(PathOf(job), why);
        Interlocked.Increment(ref _lost);
        if (File.Exists(PathOf(job)))
        {
            File.Move(PathOf(job), PathOf(job) + ".damaged", overwrite: true);
        }

        Forget(job);
    }

    private void Forget(string job)
    {
        lock (_gate)
        {
            _waiting.Remove(job);
        }
    }

    private IEnumerable<FileInfo> Files() => !Directory.Exists(_directory)
        ? []
        : new DirectoryInfo(_directory).EnumerateFiles("*" + Extension)
            .Where(file => JobPlan.IsId(Path.GetFileNameWithoutExtension(file.Name)))
            .OrderBy(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal);

    private string PathOf(string job) => Path.Combine(_directory, job + Extension);
}
