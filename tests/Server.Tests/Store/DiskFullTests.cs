using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Hosting;
using Fleet.Server.Live.Cell;
using Fleet.Server.Tests.Host;
using Fleet.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Server.Tests.Store;

/// <summary>A server whose disk is full: a small tmpfs in a mount namespace of the test's own, which ends with the process in it.</summary>
public sealed class DiskFullTests
{
    private const string InsideVariable = "FLEET_TEST_SMALL_DISK";

    [Theory]
    [InlineData(nameof(OnASmallDisk))]
    [InlineData(nameof(OnASmallDiskPastRetention))]
    public async Task Server_DiskFull_AcknowledgesNothingSaysSoAndGoesOnByItself(string what)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to mount a small disk in a namespace of its own");
        Assert.SkipUnless(File.Exists("/usr/bin/unshare"), "needs unshare (util-linux)");
        string place = Directory.CreateTempSubdirectory("fleet-small-disk-").FullName;
        try
        {
            // The test runs the other one of this class in a process that takes the small disk for its temporary directory.
            using Process inside = Process.Start(new ProcessStartInfo(
                "unshare",
                [
                    "-m", "--propagation", "private", "sh", "-c",
                    $"mount -t tmpfs -o size=24m small {place} || exit 77; export TMPDIR={place} {InsideVariable}={place}; exec \"$0\" \"$@\"",
                    Path.Combine(AppContext.BaseDirectory, "Fleet.Server.Tests"), "-explicit", "only", "-method", $"*.{nameof(DiskFullTests)}.{what}",
                ])
            {
                RedirectStandardOutput = true,
            })!;
            string said = await inside.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await inside.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(inside.ExitCode is 77, "mounts are not permitted here");
            Assert.True(inside.ExitCode is 0 && said.Contains("Total: 1", StringComparison.Ordinal), said);
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    [Fact(Explicit = true)]
    public async Task OnASmallDisk()
    {
        string disk = Environment.GetEnvironmentVariable(InsideVariable) ?? throw new InvalidOperationException("The other test of this class runs this one.");
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using TestServer server = new();
        await server.InitializeAsync();
        using HttpClient admin = server.Admin();
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "full");
        await agent.ConnectAsync();
        Assert.Equal(100, (await PushAsync(agent, 1)).Sequence);

        Fill(Path.Combine(disk, "ballast"));
        long stored = 100;
        await WaitFor.TrueAsync(async () =>
        {
            // What is acknowledged meanwhile found room in the log.
            stored = Math.Max(stored, await TryPushAsync(agent, stored + 1));
            return (await admin.GetStringAsync("/healthz", ct)).StartsWith("degraded", StringComparison.Ordinal);
        });

        Assert.Contains("pcifleet_ingest_working 0", await admin.GetStringAsync("/metrics", ct));
        OverviewView overview = (await admin.GetFromJsonAsync<OverviewView>("/api/v1/overview", FleetJson.Options, ct))!;
        Assert.Contains(overview.Attention, item => item.What.Contains("cannot store events", StringComparison.Ordinal));

        File.Delete(Path.Combine(disk, "ballast"));
        long before = stored;
        await WaitFor.TrueAsync(async () => (stored = Math.Max(stored, await TryPushAsync(agent, stored + 1))) > before);

        Assert.Equal("ok\n", await admin.GetStringAsync("/healthz", ct));
        Page<FleetEvent> page = (await admin.GetFromJsonAsync<Page<FleetEvent>>("/api/v1/events?limit=1000&q=kind:contention.access", FleetJson.Options, ct))!;
        Assert.Equal(Enumerable.Range(1, (int)stored).Reverse().Select(i => (long)i).Take(1000), page.Items.Select(item => item.Sequence));
    }

    [Fact(Explicit = true)]
    public async Task OnASmallDiskPastRetention()
    {
        string disk = Environment.GetEnvironmentVariable(InsideVariable) ?? throw new InvalidOperationException("The other test of this class runs this one.");
        using StoreFixture store = new();
        IDbContextFactory<FleetDb> fleet = await store.FleetAsync();
        Random random = new(17);
        for (int day = 0; day < 3; day++)
        {
            await store.StoreAsync(store.Batch(1, 1000, random));
            store.Time.Advance(TimeSpan.FromDays(1));
        }

        Fill(Path.Combine(disk, "ballast"));
        ServerOptions options = new() { Http = new IPEndPoint(0, 0), Agents = new IPEndPoint(0, 0), DataDirectory = store.Data.Root, RetentionDays = 365, RetentionBytes = 1 };
        using Retention retention = new(new SoleLeader(store.Time), store.Store, new PassedMidnights(fleet), options, store.Time, NullLogger<Retention>.Instance);
        await retention.SweepAsync(TestContext.Current.CancellationToken);

        Assert.Single(store.Files.Days());
        Assert.Equal(1000, (await store.ReadAsync("")).Count);
    }

    private static void Fill(string path)
    {
        byte[] piece = new byte[4096];
        try
        {
            using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
            while (true)
            {
                file.Write(piece);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    // The sequence acknowledged; 0 when the server would not say.
    private static async Task<long> TryPushAsync(TestAgent agent, long first)
    {
        try
        {
            return (await PushAsync(agent, first)).Sequence;
        }
        catch (Exception error) when (error is Microsoft.AspNetCore.SignalR.HubException or InvalidOperationException)
        {
            return 0;
        }
    }

    private static Task<BatchAcknowledgement> PushAsync(TestAgent agent, long first) =>
        agent.PushAsync([.. Enumerable.Range(0, 100).Select(i => agent.Contention(first + i))]);
}
