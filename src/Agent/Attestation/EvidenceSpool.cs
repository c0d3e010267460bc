using System.Text.Json;
using System.Threading.Channels;
using Fleet.Agent.Uplink;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>
/// Evidence that the server has not committed, a file a job: it survives kill -9 and a power cut, and goes when it is acknowledged. A file rather than a row, so that
/// an agent that nobody asks has nothing open. None is dropped, since its room is taken before the device is asked; where there is none, the job is refused.
/// </summary>
internal sealed class EvidenceSpool
{
    private const string Extension = ".json";

    private readonly string _directory;
    private readonly EvidenceBounds _bounds;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<WaitingReport> _waiting;
    private readonly HashSet<string> _reserved = new(StringComparer.Ordinal);
    private readonly Dictionary<EvidenceRefusal, long> _refused = Enum.GetValues<EvidenceRefusal>().ToDictionary(refusal => refusal, _ => 0L);
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile string? _trouble;
    private long _lost;

    /// <summary>Opens the directory, which need not be there yet, with what an earlier life of the agent left in it.</summary>
    public EvidenceSpool(string directory, ILogger log, EvidenceBounds? bounds = null)
    {
        _directory = directory;
        _bounds = bounds ?? new EvidenceBounds();
        _log = log;
        ForgetUnfinished();
        _waiting = [.. Files("*" + Extension).Select(file => new WaitingReport(Path.GetFileNameWithoutExtension(file.Name), file.Length))];
        if (_waiting.Count > 0)
        {
            _arrivals.Writer.TryWrite(true);
        }
    }

    /// <summary>Reports that wait for acknowledgement, refusals included.</summary>
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

    /// <summary>Bytes of these.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Sum(report => report.Bytes);
            }
        }
    }

    /// <summary>Reports that could not be read again and were put aside.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Why attestations are refused, or evidence is in memory alone; null when neither is so.</summary>
    public string? Trouble => _trouble;

    /// <summary>Jobs refused since the start for want of room.</summary>
    public IReadOnlyDictionary<EvidenceRefusal, long> Refused
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<EvidenceRefusal, long>(_refused);
            }
        }
    }

    public bool Contains(string job)
    {
        lock (_gate)
        {
            return _waiting.Any(report => report.Job == job);
        }
    }

    /// <summary>Takes the room for a job's evidence. False, with one sentence, when there is none: then the device is not to be asked.</summary>
    public bool TryReserve(string job, out string problem)
    {
        lock (_gate)
        {
            long bytes = _waiting.Sum(report => report.Bytes) + ((_reserved.Count + 1) * _bounds.Reserve);
            if (_waiting.Count + _reserved.Count >= _bounds.MaxReports || bytes > _bounds.MaxBytes)
            {
                problem = $"The host keeps {_waiting.Count} reports of evidence ({bytes - _bounds.Reserve} bytes with those under way) that the server has not taken, and takes no more until it has.";
                return Refuse(EvidenceRefusal.Full, problem);
            }

            try
            {
                MakeDirectory();
                DurableFile.Reserve(PathOf(job), _bounds.Reserve, secret: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem = $"The host's disk has no room for evidence: {e.Message}";
                return Refuse(EvidenceRefusal.Disk, problem);
            }

            _reserved.Add(job);
            problem = "";
            if (!_waiting.Any(report => report.Held is { Messages.Count: > 0 }))
            {
                Recovered();
            }

            return true;
        }
    }

    /// <summary>Gives back the room of a job that ended without a report.</summary>
    public void Release(string job)
    {
        lock (_gate)
        {
            if (!_reserved.Remove(job))
            {
                return;
            }
        }

        Delete(PathOf(job) + DurableFile.Making);
    }

    /// <summary>Keeps a report: when this returns it is on disk, or, where that refuses in spite of what was reserved, in memory until the server has it.</summary>
    public void Add(EvidenceReport report)
    {
        byte[] content = FleetJson.Write(report);
        WaitingReport waiting = new(report.Job, content.Length);
        try
        {
            MakeDirectory();
            DurableFile.Write(PathOf(report.Job), content, secret: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            waiting = waiting with { Held = report };
            lock (_gate)
            {
                Say($"The host's disk does not take evidence, which waits in memory: {e.Message}");
            }

            Delete(PathOf(report.Job) + DurableFile.Making);
        }

        Keep(waiting);
    }

    /// <summary>Answers a job that was refused. No evidence: it waits in memory, within bounds.</summary>
    public void AddRefusal(EvidenceReport report)
    {
        lock (_gate)
        {
            if (_waiting.Count(waiting => waiting.Held is not null) >= _bounds.MaxRefusals)
            {
                return;
            }
        }

        Keep(new WaitingReport(report.Job, 0, report));
    }

    /// <summary>The report that has waited longest; null when none does. One that cannot be read is put aside, and the log says so.</summary>
    public EvidenceReport? Peek()
    {
        while (true)
        {
            WaitingReport next;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    return null;
                }

                next = _waiting[0];
            }

            if (next.Held is not null)
            {
                return next.Held;
            }

            string job = next.Job;
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
        if (Forget(job) is { Held: null })
        {
            Delete(PathOf(job));
        }
    }

    private bool Refuse(EvidenceRefusal refusal, string problem)
    {
        _refused[refusal]++;
        Say(problem);
        return false;
    }

    private void Say(string trouble)
    {
        if (_trouble is null)
        {
            _log.EvidenceRefused(trouble);
        }

        _trouble = trouble;
    }

    private void Recovered()
    {
        if (_trouble is not null)
        {
            _trouble = null;
            _log.EvidenceTaken();
        }
    }

    private void Keep(WaitingReport report)
    {
        lock (_gate)
        {
            _reserved.Remove(report.Job);
            _waiting.RemoveAll(before => before.Job == report.Job);
            _waiting.Add(report);
        }

        _arrivals.Writer.TryWrite(true);
    }

    private void PutAside(string job, string why)
    {
        _log.EvidenceUnreadable(PathOf(job), why);
        Interlocked.Increment(ref _lost);
        try
        {
            File.Move(PathOf(job), PathOf(job) + ".damaged", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.EvidenceRoomKept(PathOf(job), e.Message);
        }

        Forget(job);
    }

    private WaitingReport? Forget(string job)
    {
        lock (_gate)
        {
            WaitingReport? report = _waiting.Find(waiting => waiting.Job == job);
            if (report is not null)
            {
                _waiting.Remove(report);
            }

            if (_waiting.Count is 0)
            {
                Recovered(); // Whatever it was: the next job finds out.
            }

            return report;
        }
    }

    // What a run of an earlier life had reserved, or did not come to write whole.
    private void ForgetUnfinished()
    {
        foreach (FileInfo file in Files("*" + Extension + DurableFile.Making))
        {
            Delete(file.FullName);
        }
    }

    // Where that fails the next start does it; evidence that is sent once more then changes nothing.
    private void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.EvidenceRoomKept(path, e.Message);
        }
    }

    private void MakeDirectory() => Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private List<FileInfo> Files(string pattern) => !Directory.Exists(_directory)
        ? []
        : [.. new DirectoryInfo(_directory).EnumerateFiles(pattern)
            .Where(file => JobPlan.IsId(file.Name.Split('.')[0]))
            .OrderBy(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal)];

    private string PathOf(string job) => Path.Combine(_directory, job + Extension);
}
