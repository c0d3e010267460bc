using Fleet.Contracts;
using Fleet.Pci.Doe;

namespace Fleet.Broker.Tests.Mailboxes;

public sealed class RecorderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("recorder-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void TryAdd_MoreThanIsKept_DropsTheOldestFromMemoryAndDisk()
    {
        BundleStore store = new(_directory.FullName, 3);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(store.TryAdd(Bundle($"2026030{i}"), out string? problem), problem);
        }

        Assert.Equal(["20260302", "20260303", "20260304"], store.Read().Select(b => b.Id));
        Assert.Equal(3, _directory.GetFiles().Length);
        Assert.Equal(["20260302", "20260303", "20260304"], new BundleStore(_directory.FullName, 3).Read().Select(b => b.Id));
        Assert.Equal(["20260304"], new BundleStore(_directory.FullName, 1).Read().Select(b => b.Id));
    }

    [Fact]
    public void Read_FilesThatAreNoBundles_AreLeftAloneAndLeftOut()
    {
        string broken = Path.Combine(_directory.FullName, "20260301.bundle.json");
        File.WriteAllText(broken, "{\"id\":");
        File.WriteAllText(Path.Combine(_directory.FullName, "notes.txt"), "mine");
        BundleStore store = new(_directory.FullName, 3);
        Assert.Empty(store.Read());
        Assert.True(store.TryAdd(Bundle("20260302"), out _));
        Assert.True(File.Exists(broken));
        Assert.Single(new BundleStore(_directory.FullName, 3).Read());
    }

    [Fact]
    public void TryAdd_DiskThatTakesNothing_KeepsItInMemoryAndSaysWhy()
    {
        string file = Path.Combine(_directory.FullName, "file");
        File.WriteAllText(file, "");
        BundleStore store = new(Path.Combine(file, "below"), 3);
        Assert.False(store.TryAdd(Bundle("20260302"), out string? problem));
        Assert.NotEmpty(problem!);
        Assert.Single(store.Read());
    }

    [Fact]
    public async Task Recent_ManyExchanges_KeepsTheLastOnesWithoutPayloads()
    {
        using Rig rig = new();
        DoeFunction device = new();
        rig.Attach(device);
        for (int i = 0; i < 40; i++)
        {
            DoeOutcome outcome = await rig.Broker.ExchangeAsync(
                device.Address, DoeFunction.Offset, new DoeFeature(0x15b3, 1), new byte[4], Rig.Tool, TestContext.Current.CancellationToken);
            Assert.True(outcome.Succeeded, outcome.Detail);
        }

        IReadOnlyList<RecordedExchange> recent = rig.Broker.Recorder.Recent(device.Address, DoeFunction.Offset);
        Assert.Equal(Enumerable.Range(9, 32).Select(n => (long)n), recent.Select(e => e.Number));
        Assert.All(recent, e => Assert.Equal((null, null, "ok", 3, 3), (e.Request, e.Response, e.Outcome, e.RequestDwords, e.ResponseDwords)));
        Assert.Equal(10, recent[^1].Cycles); // Three dwords out, Go, three in and acknowledged.
        Assert.Empty(rig.Broker.Recorder.Recent(device.Address, 0x180));
    }

    private static RecordedBundle Bundle(string id) => new()
    {
        Id = id,
        Time = default,
        Function = default,
        Offset = 0x150,
        Fault = "timeout",
        Cause = "unknown",
        Exchanges = [],
        Intrusions = [],
    };
}
