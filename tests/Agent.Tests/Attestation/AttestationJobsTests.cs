using Fleet.Agent.Attestation;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Fleet.Agent.Tests.Attestation;

/// <summary>Jobs are carried out once, their evidence is on disk before anything is said of it, and none is dropped.</summary>
public sealed class AttestationJobsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Accept_AJobTwice_IsOneRunWithItsWholeLife()
    {
        ProviderDouble provider = new() { Gate = new() };
        await using AttestationJobs jobs = Jobs(provider);
        AttestationJob job = ProviderDouble.Job();

        jobs.Accept(job);
        jobs.Accept(job);
        await WaitFor.TrueAsync(() => provider.Asked.Count == 1);
        provider.Gate.SetResult();
        await WaitFor.TrueAsync(() => jobs.Spool.Count == 1);
        jobs.Accept(job);

        Assert.Single(provider.Asked);
        await WaitFor.TrueAsync(() => jobs.Ends.GetValueOrDefault(EvidenceEnd.Complete) == 1);
        Assert.Equal(TimeSpan.FromMilliseconds(job.LifetimeMilliseconds), provider.Asked[0].Limit);
        Assert.Contains(job.Id, provider.Asked[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_AJobWithoutLife_IsLateAndTheDeviceIsNotAsked()
    {
        ProviderDouble provider = new();
        await using AttestationJobs jobs = Jobs(provider);

        jobs.Accept(ProviderDouble.Job(TimeSpan.Zero));

        await WaitFor.TrueAsync(() => jobs.Spool.Count == 1);
        Assert.Equal(EvidenceEnd.Late, jobs.Spool.Peek()!.End);
        Assert.Empty(provider.Asked);
    }

    [Fact]
    public async Task Accept_AStepOfALaterVersion_IsUnsupportedAndSaysWhatToDo()
    {
        await using AttestationJobs jobs = Jobs(new());

        jobs.Accept(ProviderDouble.Job() with { Steps = [new() { Action = AttestationAction.Unknown }] });

        await WaitFor.TrueAsync(() => jobs.Spool.Count == 1);
        Assert.Equal(EvidenceEnd.Unsupported, jobs.Spool.Peek()!.End);
        Assert.Contains("Update the agent", jobs.Spool.Peek()!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_MoreThanAHostTakes_IsAnsweredAsUnavailable()
    {
        ProviderDouble provider = new() { Gate = new() };
        await using AttestationJobs jobs = Jobs(provider);
        AttestationJob[] all = [.. Enumerable.Range(0, AttestationJobs.MostJobs + 3).Select(_ => ProviderDouble.Job())];

        Array.ForEach(all, jobs.Accept);
        await WaitFor.TrueAsync(() => jobs.Spool.Count == 3);
        Assert.Equal(EvidenceEnd.Unavailable, jobs.Spool.Peek()!.End);
        provider.Gate.SetResult();

        await WaitFor.TrueAsync(() => jobs.Spool.Count == all.Length);
    }

    [Fact]
    public async Task Dispose_WhileARunIsUnderWay_LeavesNoHalfEvidence()
    {
        ProviderDouble provider = new() { Gate = new() };
        AttestationJobs jobs = Jobs(provider);
        jobs.Accept(ProviderDouble.Job());
        await WaitFor.TrueAsync(() => provider.Asked.Count == 1);

        await jobs.DisposeAsync();

        Assert.Equal(0, new EvidenceSpool(_directory.File("evidence"), NullLogger.Instance).Count);
    }

    [Fact]
    public async Task Report_OfAConversationThatIsTooLong_SaysSoWithoutItsMessages()
    {
        await using AttestationJobs jobs = Jobs(new() { MessageSize = LinkProtocol.MaxEvidenceBytes });

        jobs.Accept(ProviderDouble.Job());

        await WaitFor.TrueAsync(() => jobs.Spool.Count == 1);
        EvidenceReport report = jobs.Spool.Peek()!;
        Assert.Equal(EvidenceEnd.TooLarge, report.End);
        Assert.Empty(report.Messages);
    }

    [Fact]
    public async Task Spool_AfterARestart_HasTheReportsInOrderAndForgetsWhatIsAcknowledged()
    {
        string[] ids;
        await using (AttestationJobs jobs = Jobs(new()))
        {
            AttestationJob[] all = [.. Enumerable.Range(0, 3).Select(_ => ProviderDouble.Job())];
            foreach (AttestationJob job in all)
            {
                int before = jobs.Spool.Count;
                jobs.Accept(job);
                await WaitFor.TrueAsync(() => jobs.Spool.Count > before);
            }

            ids = [.. all.Select(job => job.Id)];
        }

        EvidenceSpool again = new(_directory.File("evidence"), NullLogger.Instance);
        Assert.Equal(3, again.Count);
        again.Acknowledge(ids[1]);
        Assert.Equal([ids[0], ids[2]], new[] { Take(again), Take(again) });
        Assert.Null(again.Peek());
        Assert.Equal(0, new EvidenceSpool(_directory.File("evidence"), NullLogger.Instance).Count);
    }

    [Fact]
    public async Task Spool_FileThatIsDamaged_IsPutAsideAndKeepsNobodyWaiting()
    {
        await using AttestationJobs jobs = Jobs(new());
        AttestationJob first = ProviderDouble.Job();
        AttestationJob second = ProviderDouble.Job();
        jobs.Accept(first);
        await WaitFor.TrueAsync(() => jobs.Spool.Count == 1);
        jobs.Accept(second);
        await WaitFor.TrueAsync(() => jobs.Spool.Count == 2);
        string damaged = Path.Combine(_directory.File("evidence"), first.Id + ".json");
        await File.WriteAllTextAsync(damaged, "{\"job\":", TestContext.Current.CancellationToken);

        Assert.Equal(second.Id, jobs.Spool.Peek()!.Job);

        Assert.True(File.Exists(damaged + ".damaged"));
        Assert.Equal(1, jobs.Spool.Lost);
        Assert.Equal(1, jobs.Spool.Count);
    }

    private static string Take(EvidenceSpool spool)
    {
        string job = spool.Peek()!.Job;
        spool.Acknowledge(job);
        return job;
    }

    private AttestationJobs Jobs(ProviderDouble provider) =>
        new(new EvidenceSpool(_directory.File("evidence"), NullLogger.Instance), provider, _time, NullLogger.Instance);
}
