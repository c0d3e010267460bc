using System.Threading.Channels;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>
/// Evidence that the server has not committed, a file a job: it survives kill -9 and a power cut, and goes when it is acknowledged. A file rather than a row, so that
/// an agent that nobody asks has nothing open. None is dropped, since its room is taken before the device is asked; where there is none, the job is refused.
/// </summary>
internal sealed class EvidenceSpool
{
    private readonly EvidenceFiles _files;
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
        _files = new EvidenceFiles(directory, log);
        _bounds = bounds ?? new EvidenceBounds();
        _log = log;
        _waiting = _files.Open();
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
                _files.Reserve(job, _bounds.Reserve);
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

        _files.Release(job);
    }

    /// <summary>Keeps a report: when this returns it is on disk, or, where that refuses in spite of what was reserved, in memory until the server has it.</summary>
    public void Add(EvidenceReport report)
    {
        byte[] content = FleetJson.Write(report);
        WaitingReport waiting = new(report.Job, content.Length);
        try
        {
            _files.Write(report.Job, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            waiting = waiting with { Held = report };
            lock (_gate)
            {
                Say($"The host's disk does not take evidence, which waits in memory: {e.Message}");
            }

            _files.Release(report.Job);
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

            if ((next.Held ?? _files.Read(next.Job)) is { } report)
            {
                return report;
            }

            Interlocked.Increment(ref _lost);
            Forget(next.Job);
        }
    }

    /// <summary>Returns when reports may have arrived since the last call.</summary>
    public async Task WaitAsync(CancellationToken ct) => await _arrivals.Reader.ReadAsync(ct);

    /// <summary>Forgets what the server has committed.</summary>
    public void Acknowledge(string job)
    {
        if (Forget(job) is { Held: null })
        {
            _files.Forget(job);
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
}
