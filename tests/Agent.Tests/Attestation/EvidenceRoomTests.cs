using Fleet.Agent.Attestation;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Attestation;

/// <summary>Evidence is never dropped: what has no room is not asked of the device, and the server is told why.</summary>
public sealed class EvidenceRoomTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Accept_AsMuchEvidenceWaitsAsMay_RefusesBeforeTheDeviceIsAskedAndGoesOnWhenTheServerHasTaken()
    {
        ProviderDouble provider = new();
        EvidenceSpool spool = new(_directory.File("evidence"), NullLogger.Instance, new EvidenceBounds { MaxReports = 2 });
        await using AttestationJobs jobs = new(spool, provider, TimeProvider.System, NullLogger.Instance);
        AttestationJob[] all = [.. Enumerable.Range(0, 4).Select(_ => ProviderDouble.Job())];
        for (int i = 0; i < 3; i++)
        {
            jobs.Accept(all[i]);
            await WaitFor.TrueAsync(() => spool.Count == i + 1);
        }

        Assert.Equal(2, provider.Asked.Count);
        Assert.Equal(1, spool.Refused[EvidenceRefusal.Full]);
        Assert.Contains("has not taken", spool.Trouble, StringComparison.Ordinal);
        Assert.Equal([all[0].Id, all[1].Id], new[] { Take(spool).Job, Take(spool).Job });
        EvidenceReport refusal = Take(spool);
        Assert.Equal((all[2].Id, EvidenceEnd.Unavailable, 0), (refusal.Job, refusal.End, refusal.Messages.Count));
        Assert.Contains("2 reports", refusal.Detail, StringComparison.Ordinal);

        jobs.Accept(all[3]);
        await WaitFor.TrueAsync(() => spool.Count == 1);
        Assert.Equal(EvidenceEnd.Complete, Take(spool).End);
        Assert.Null(spool.Trouble);
    }

    [Fact]
    public void TryReserve_BytesOfWhatWaitsAndIsUnderWay_AreBounded()
    {
        EvidenceSpool spool = new(_directory.File("evidence"), NullLogger.Instance, new EvidenceBounds { MaxBytes = 20_000, Reserve = 8_000 });
        Assert.True(spool.TryReserve(Id(1), out _));
        Assert.True(spool.TryReserve(Id(2), out _));
        Assert.False(spool.TryReserve(Id(3), out string problem));
        Assert.Contains("16000 bytes", problem, StringComparison.Ordinal);

        spool.Release(Id(1));
        Assert.True(spool.TryReserve(Id(3), out _));
        Assert.Null(spool.Trouble);
    }

    [Fact]
    public void Open_AfterAKillWithinARun_GivesBackTheRoomThatWasReserved()
    {
        EvidenceSpool killed = new(_directory.File("evidence"), NullLogger.Instance);
        Assert.True(killed.TryReserve(Id(1), out _));
        Assert.NotEmpty(Directory.GetFiles(_directory.File("evidence")));

        Assert.Equal(0, new EvidenceSpool(_directory.File("evidence"), NullLogger.Instance).Count);
        Assert.Empty(Directory.GetFiles(_directory.File("evidence")));
    }

    [Theory]
    [InlineData(nameof(Inside_DiskFullBeforeAJob_RefusesItUntilThereIsRoom))]
    [InlineData(nameof(Inside_DiskFullsWithinARun_EvidenceHasTheRoomThatWasTakenForIt))]
    [InlineData(nameof(Inside_DiskFullAndEvidenceLargerThanItsRoom_WaitsInMemory))]
    public async Task OnASmallDisk(string method)
    {
        Assert.SkipUnless(SmallDisk.Possible, "needs root to mount a small disk in a namespace of its own, and unshare (util-linux)");
        string? said = await SmallDisk.RunAsync("Fleet.Agent.Tests", $"{nameof(EvidenceRoomTests)}.{method}", 2048, TestContext.Current.CancellationToken);
        Assert.SkipWhen(said is null, "mounts are not permitted here");
        Assert.True(said is "", said);
    }

    [Fact(Explicit = true)]
    public async Task Inside_DiskFullBeforeAJob_RefusesItUntilThereIsRoom()
    {
        ProviderDouble provider = new();
        EvidenceSpool spool = new(Path.Combine(SmallDisk.Place, "evidence"), NullLogger.Instance);
        await using AttestationJobs jobs = new(spool, provider, TimeProvider.System, NullLogger.Instance);
        string ballast = SmallDisk.Fill(SmallDisk.Place);

        jobs.Accept(ProviderDouble.Job());
        await WaitFor.TrueAsync(() => spool.Count == 1);
        EvidenceReport refusal = Take(spool);
        Assert.Equal(EvidenceEnd.Unavailable, refusal.End);
        Assert.Contains("no room for evidence", refusal.Detail, StringComparison.Ordinal);
        Assert.Empty(provider.Asked);
        Assert.Equal(1, spool.Refused[EvidenceRefusal.Disk]);

        File.Delete(ballast);
        jobs.Accept(ProviderDouble.Job());
        await WaitFor.TrueAsync(() => spool.Count == 1);
        Assert.Equal(EvidenceEnd.Complete, Take(spool).End);
        Assert.Null(spool.Trouble);
    }

    [Fact(Explicit = true)]
    public async Task Inside_DiskFullsWithinARun_EvidenceHasTheRoomThatWasTakenForIt()
    {
        string place = Path.Combine(SmallDisk.Place, "evidence");
        ProviderDouble provider = new() { Gate = new(), MessageSize = 100_000 };
        EvidenceSpool spool = new(place, NullLogger.Instance);
        await using AttestationJobs jobs = new(spool, provider, TimeProvider.System, NullLogger.Instance);
        AttestationJob job = ProviderDouble.Job();
        jobs.Accept(job);
        await WaitFor.TrueAsync(() => provider.Asked.Count == 1);
        SmallDisk.Fill(SmallDisk.Place);

        provider.Gate.SetResult();
        await WaitFor.TrueAsync(() => spool.Count == 1);

        Assert.Null(spool.Trouble);
        EvidenceReport kept = new EvidenceSpool(place, NullLogger.Instance).Peek()!;
        Assert.Equal((job.Id, EvidenceEnd.Complete), (kept.Job, kept.End));
        Assert.Equal(100_004, Convert.FromBase64String(kept.Messages[1].Bytes).Length);
    }

    [Fact(Explicit = true)]
    public async Task Inside_DiskFullAndEvidenceLargerThanItsRoom_WaitsInMemory()
    {
        ProviderDouble provider = new() { Gate = new(), MessageSize = 400_000 };
        EvidenceSpool spool = new(Path.Combine(SmallDisk.Place, "evidence"), NullLogger.Instance);
        await using AttestationJobs jobs = new(spool, provider, TimeProvider.System, NullLogger.Instance);
        jobs.Accept(ProviderDouble.Job());
        await WaitFor.TrueAsync(() => provider.Asked.Count == 1);
        SmallDisk.Fill(SmallDisk.Place);

        provider.Gate.SetResult();
        await WaitFor.TrueAsync(() => spool.Count == 1);

        Assert.Contains("waits in memory", spool.Trouble, StringComparison.Ordinal);
        Assert.Equal(400_004, Convert.FromBase64String(Take(spool).Messages[1].Bytes).Length);
        Assert.Null(spool.Trouble);
    }

    private static string Id(int number) => $"{number:x32}";

    private static EvidenceReport Take(EvidenceSpool spool)
    {
        EvidenceReport report = spool.Peek()!;
        spool.Acknowledge(report.Job);
        return report;
    }
}
