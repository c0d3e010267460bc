using System.Collections.Concurrent;
using Fleet.Agent.Linux;
using Fleet.Contracts;

namespace Fleet.Agent.Attestation;

/// <summary>
/// The server's jobs: each is carried out once, whatever number of times it comes, and its evidence is on disk before anything is said of it.
/// </summary>
internal sealed class AttestationJobs : IAsyncDisposable
{
    /// <summary>Jobs under way or in line; the server asks for no more than it can appraise.</summary>
    public const int MostJobs = 64;

    private const int MostRemembered = 1024;
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);

    private readonly IEvidenceProvider _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly Queue<string> _done = new();
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<EvidenceEnd, long> _ends = new();
    private readonly Lazy<Caller> _self = new(() => CallerReader.Read(Environment.ProcessId, 0, out _));

    /// <param name="spool">Where evidence waits for the server.</param>
    /// <param name="provider">The way to evidence.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The agent's log.</param>
    public AttestationJobs(EvidenceSpool spool, IEvidenceProvider provider, TimeProvider time, ILogger log)
    {
        Spool = spool;
        _provider = provider;
        _time = time;
        _log = log;
    }

    /// <summary>Evidence that the server has not committed.</summary>
    public EvidenceSpool Spool { get; }

    /// <summary>Jobs done since the start, by how they ended.</summary>
    public IReadOnlyDictionary<EvidenceEnd, long> Ends => _ends;

    /// <summary>Takes a job; returns at once. One that is under way or was done is the same run, and nothing happens.</summary>
    public void Accept(AttestationJob job)
    {
        if (!JobPlan.IsId(job.Id))
        {
            _log.JobRefused(job.Id ?? "", "its id is not 32 hexadecimal digits in lower case");
            return;
        }

        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || _running.ContainsKey(job.Id) || _done.Contains(job.Id) || Spool.Contains(job.Id))
            {
                return;
            }

            bool full = _running.Count >= MostJobs;
            long received = _time.GetTimestamp();
            _running[job.Id] = Task.Run(() => RunAsync(job, full, received));
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stopping.Cancel();
        }

        await Task.WhenAll(_running.Values);
        _stopping.Dispose();
    }

    private async Task RunAsync(AttestationJob job, bool full, long received)
    {
        try
        {
            DateTimeOffset started = _time.GetUtcNow();
            bool refused = full;
            string problem = $"{MostJobs} attestations are under way on this host already.";
            // Before the device is asked: evidence has room, or there is none.
            refused = refused || !Spool.TryReserve(job.Id, out problem);
            AttestationRun run = refused
                ? AttestationRun.Without(_provider.Name, $"{job.Function}", EvidenceEnd.Unavailable, problem)
                : await RunAsync(job, received);
            EvidenceReport report = ReportOf(job, run, started);
            if (refused)
            {
                Spool.AddRefusal(report);
            }
            else
            {
                Spool.Add(report);
            }

            _ends.AddOrUpdate(run.End, 1, (_, before) => before + 1);
            _log.JobDone(job.Id, job.Function, run.End, run.Detail);
            Remember(job.Id);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping: nothing was concluded. The server asks again, or the nonces expire.
        }
        catch (Exception e)
        {
            // The job stays open at the server, which shows it as unanswered; asked again it is run again.
            _log.JobFailed(job.Id, job.Function, e);
        }
        finally
        {
            Spool.Release(job.Id);
            _running.TryRemove(job.Id, out _);
        }
    }

    // The nonces' life is counted from receipt, by our own steady clock.
    private async Task<AttestationRun> RunAsync(AttestationJob job, long received)
    {
        if (!JobPlan.TryRead(job, out Spdm.Requesting.AttestationPlan? plan, out string problem))
        {
            return AttestationRun.Without(_provider.Name, $"{job.Function}", EvidenceEnd.Unsupported, problem);
        }

        TimeSpan life = TimeSpan.FromMilliseconds(Math.Clamp(job.LifetimeMilliseconds, 0, LongestLife.TotalMilliseconds)) - _time.GetElapsedTime(received);
        return life <= TimeSpan.Zero
            ? AttestationRun.Without(_provider.Name, $"{job.Function}", EvidenceEnd.Late, "The nonces' life was over when the job was read.")
            : await _provider.RunAsync(new(plan, job.Function, _self.Value, $"attestation {job.Id}", life) { Mailbox = job.Mailbox }, _stopping.Token);
    }

    private void Remember(string job)
    {
        lock (_gate)
        {
            _done.Enqueue(job);
            if (_done.Count > MostRemembered)
            {
                _done.Dequeue();
            }
        }
    }

    /// <summary>A run as the server gets it.</summary>
    internal static EvidenceReport ReportOf(AttestationJob job, AttestationRun run, DateTimeOffset started)
    {
        bool large = run.Messages.Count > LinkProtocol.MaxEvidenceMessages || run.Messages.Sum(message => (long)message.Bytes.Length) > LinkProtocol.MaxEvidenceBytes;
        string? detail = run.End == EvidenceEnd.Complete ? run.Disturbance : run.Detail;
        return new()
        {
            Job = job.Id,
            Function = job.Function,
            Mailbox = run.Mailbox,
            Provider = run.Provider,
            Messages = large
                ? []
                : [.. run.Messages.Select(message => new EvidenceMessage(
                    message.IsRequest ? EvidenceDirection.Request : EvidenceDirection.Response, message.Secured,
                    Convert.ToBase64String(message.Bytes.Span), (long)message.At.TotalMicroseconds))],
            Quiet = run.Quiet,
            End = large ? EvidenceEnd.TooLarge : run.End,
            Detail = large ? $"The conversation has {run.Messages.Count} messages, which is more than a report may hold. {run.Detail}" : detail,
            Started = started,
        };
    }
}
