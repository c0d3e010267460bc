using System.Text.Json;
using Fleet.Contracts;
using Fleet.Simulator.Running;

namespace Fleet.Simulator.Tests;

public sealed class LedgerTests
{
    [Fact]
    public async Task Add_BeforeTheHostHasAName_IsWrittenWhenItHas()
    {
        using HardwareDirectory directory = new();
        string path = Path.Combine(directory.Path, "ledger", "sim-01.jsonl");
        HostId host = new(Guid.CreateVersion7());
        using (Ledger ledger = new(path))
        {
            ledger.Add([Event(1), Event(2)]);
            Assert.Equal(2, ledger.Recorded);
            ledger.Name(host);
            ledger.Add([Event(3)]);
        }

        string[] lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(
            [$"{host}-9-1", $"{host}-9-2", $"{host}-9-3"],
            lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("id").GetString()));
    }

    private static FleetEvent Event(long sequence) => new() { Time = DateTimeOffset.UnixEpoch, Kind = EventKinds.ClaimGranted, Epoch = 9, Sequence = sequence };
}
