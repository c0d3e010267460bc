using System.Net.Http.Json;
using Fleet.Contracts;
using Fleet.Server.Commands;
using Fleet.Server.Data;
using Fleet.Server.Data.Events;
using Fleet.Server.Data.Events.Sqlite;
using Fleet.Server.Data.Telling;
using Fleet.Server.Maintenance;
using Fleet.Server.Tests.Admission;
using Fleet.Server.Tests.Host;
using Fleet.Server.Tests.Telling;
using Fleet.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Server.Tests.Maintenance;

public sealed class BackupTests : IAsyncDisposable
{
    private readonly TestServer _server = new();
    private readonly string _root = Directory.CreateTempSubdirectory("fleet-backup-").FullName;
    private readonly List<string> _said = [];

    private string Target => Path.Combine(_root, "backup");

    [Fact]
    public async Task Restore_OfAnOlderBackup_AgentsSendWhatTheyHaveAndTheRestIsAnnouncedAsLost()
    {
        await _server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "survivor");
        await agent.ConnectAsync();
        await PushAsync(agent, 1, 10);
        Backup();
        await PushAsync(agent, 11, 20);
        await agent.Hub.StopAsync(TestContext.Current.CancellationToken);
        await _server.App.DisposeAsync();
        Directory.Delete(_server.Data, recursive: true);

        new Restore(Target, _server.Data, _said.Add).Run();
        await _server.InitializeAsync();

        // The agent forgot 11 to 18 when they were acknowledged; 19 and 20 it still has, say.
        Assert.Equal(10, (await agent.ConnectAsync()).AcknowledgedSequence);
        await PushAsync(agent, 19, 22);
        using HttpClient admin = _server.Admin();
        Page<FleetEvent> events = (await admin.GetFromJsonAsync<Page<FleetEvent>>("/api/v1/events?q=kind:contention.access", FleetJson.Options, TestContext.Current.CancellationToken))!;
        Page<FleetEvent> losses = (await admin.GetFromJsonAsync<Page<FleetEvent>>("/api/v1/events?q=kind:agent.loss", FleetJson.Options, TestContext.Current.CancellationToken))!;
        Assert.Equal([22, 21, 20, 19, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], events.Items.Select(item => item.Sequence));
        Assert.Equal(8, Assert.Single(losses.Items).Count);
        Assert.Empty(await CheckAsync(_server.Data));
    }

    [Fact]
    public async Task Run_WhileEventsAreStored_IsSoundAndItsMarksAreNotAheadOfItsEvents()
    {
        await _server.InitializeAsync();
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "busy");
        await agent.ConnectAsync();
        await PushAsync(agent, 1, 50);
        using CancellationTokenSource enough = new();
        Task storm = Task.Run(
            async () =>
            {
                for (long next = 51; !enough.IsCancellationRequested; next += 50)
                {
                    await PushAsync(agent, next, next + 49);
                }
            },
            TestContext.Current.CancellationToken);

        BackupManifest manifest = Backup();
        await enough.CancelAsync();
        await storm;

        Assert.Empty(await CheckAsync(Target));
        Assert.Contains(manifest.Files, file => file.Path is "pki/ca.key");
        Assert.DoesNotContain(manifest.Files, file => file.Path is "server.lock" || file.Path.EndsWith("-wal", StringComparison.Ordinal));
        Assert.All(manifest.Files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Target, file.Path))));
    }

    [Fact]
    public async Task Run_EventGoesFromTheOutboxToTheEventsMeanwhile_IsInTheBackupOnce()
    {
        await using TestServer server = new() { Adjust = UnsteadyStore.Before };
        await server.InitializeAsync();
        UnsteadyStore store = server.Services.GetRequiredService<UnsteadyStore>();
        using Gate gate = new(server);
        await using TestAgent agent = await TestAgent.JoinedAsync(server, "banned");
        await agent.ConnectAsync();
        await PushAsync(agent, 1, 10);
        store.Fails = true;
        await gate.ActAsync(agent.Id, "ban", "stolen");
        Assert.Equal(1, await WaitingAsync(server));

        // It is told when one file has been copied and the next has not.
        int said = 0;
        new Backup(server.Data, Target, TimeProvider.System, _ =>
        {
            if (++said is 2)
            {
                store.Fails = false;
                WaitFor.TrueAsync(async () => await WaitingAsync(server) is 0).GetAwaiter().GetResult();
            }
        }).Run();

        Assert.True(said >= 2, $"{said}");
        Assert.Single(await RestoredAsync(), told => told.Kind is EventKinds.HostState && told.Detail!.Contains("stolen", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WhileEventsAreStored_HasEachThatWasAcknowledgedBeforeOnce()
    {
        await _server.InitializeAsync();
        using Gate gate = new(_server);
        await using TestAgent agent = await TestAgent.JoinedAsync(_server, "busy");
        await using TestAgent other = await TestAgent.JoinedAsync(_server, "banned");
        await agent.ConnectAsync();
        using CancellationTokenSource enough = new();
        long acknowledged = 0;
        int bans = 0;
        Task pushing = Task.Run(
            async () =>
            {
                for (long next = 1; !enough.IsCancellationRequested; next += 20)
                {
                    Volatile.Write(ref acknowledged, (await PushAsync(agent, next, next + 19)).Sequence);
                }
            },
            TestContext.Current.CancellationToken);
        Task banning = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await gate.ActAsync(other.Id, "ban", $"ban {bans + 1} of some");
                    Interlocked.Increment(ref bans);
                    await gate.ActAsync(other.Id, "readmit");
                }
            },
            TestContext.Current.CancellationToken);
        await WaitFor.TrueAsync(() => Volatile.Read(ref acknowledged) > 200 && Volatile.Read(ref bans) > 5);

        (long events, int told) = (Volatile.Read(ref acknowledged), Volatile.Read(ref bans));
        Backup();
        await enough.CancelAsync();
        await Task.WhenAll(pushing, banning);

        IReadOnlyList<FleetEvent> restored = await RestoredAsync();
        Assert.Equal(restored.Count, restored.DistinctBy(item => item.Id).Count());
        HashSet<long> sequences = [.. restored.Where(item => item.Kind is EventKinds.ContentionAccess).Select(item => item.Sequence)];
        Assert.All(Enumerable.Range(1, (int)events), sequence => Assert.Contains(sequence, sequences));
        Assert.All(Enumerable.Range(1, told), ban => Assert.Single(restored, item => item.Detail?.Contains($"ban {ban} of some", StringComparison.Ordinal) is true));
    }

    [Fact]
    public async Task Run_OverADirectoryThatOthersUseToo_TakesWhatIsTheServersAndFollowsNoLink()
    {
        await _server.InitializeAsync();
        Directory.CreateDirectory(Path.Combine(_server.Data, "agent", "identity"));
        await File.WriteAllTextAsync(Path.Combine(_server.Data, "agent", "identity", "key.pem"), "an agent's", TestContext.Current.CancellationToken);
        string sim = Directory.CreateDirectory(Path.Combine(_server.Data, "sim", "devices")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(sim, "subsystem"), Path.Combine(_server.Data, "sim"));
        Directory.CreateSymbolicLink(Path.Combine(sim, "parent"), _server.Data);
        Directory.CreateSymbolicLink(Path.Combine(_server.Data, "pki", "outside"), _server.Data);

        BackupManifest manifest = Backup();

        Assert.All(manifest.Files, file => Assert.Matches(@"^([^/]+\.db|admin\.token|pki/[^/]+|keys/[^/]+)$", file.Path));
        Assert.Contains(manifest.Files, file => file.Path is "admin.token");
    }

    [Fact]
    public async Task Run_IntoADirectoryWithSomethingInIt_OverwritesNothing()
    {
        await _server.InitializeAsync();
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "mine"), "", TestContext.Current.CancellationToken);

        Assert.Contains("not empty", Assert.Throws<MaintenanceException>(Backup).Message);
    }

    [Fact]
    public async Task Restore_OfADamagedBackup_ChangesNothing()
    {
        await _server.InitializeAsync();
        Backup();
        Flip(Path.Combine(Target, "pki", "ca.key"), 40);
        string data = Path.Combine(_root, "restored");

        MaintenanceException refusal = Assert.Throws<MaintenanceException>(() => new Restore(Target, data, _said.Add).Run());

        Assert.Contains("pki/ca.key", refusal.Message);
        Assert.False(Directory.Exists(data));
        Assert.Equal(["pki/ca.key is not what was written."], await CheckAsync(Target));
    }

    [Theory]
    [InlineData("fleet.db", "UPDATE AuditRow SET Who = 'nobody' WHERE Number = 1", "audit log")]
    [InlineData("events", "UPDATE marks SET seq = seq + 5 WHERE epoch = 7", "is 15, its last event 10")]
    [InlineData("events", "UPDATE events SET payload = 'x' WHERE id = 3", "1 events whose text is damaged")]
    [InlineData("events", "UPDATE events SET seq = 9 WHERE id = (SELECT id FROM events WHERE epoch = 7 AND seq = 8)", "stored more than once")]
    public async Task RunAsync_SomethingChanged_SaysWhat(string file, string change, string problem)
    {
        await _server.InitializeAsync();
        await using (TestAgent agent = await TestAgent.JoinedAsync(_server, "checked"))
        {
            await agent.ConnectAsync();
            await PushAsync(agent, 1, 10);
        }

        await _server.App.DisposeAsync();
        string path = Directory.EnumerateFiles(_server.Data, file + "*.db").Concat(Directory.EnumerateFiles(_server.Data, file)).First();
        using (SqliteConnection database = new($"Data Source={path};Pooling=False"))
        {
            database.Open();
            Statement.Run(database, change.Replace("AuditRow", AuditTable(database), StringComparison.Ordinal));
        }

        Assert.Contains(await CheckAsync(_server.Data), said => said.Contains(problem, StringComparison.Ordinal));
        Assert.Equal(3, await MaintenanceCommands.CreateCheck().Parse(["--data", _server.Data, "--json"]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Commands_FromBackupToRestore_EndWithTheirExitCodes()
    {
        await _server.InitializeAsync();
        CancellationToken ct = TestContext.Current.CancellationToken;
        string restored = Path.Combine(_root, "restored");

        Assert.Equal(0, await MaintenanceCommands.CreateBackup().Parse(["--data", _server.Data, "--to", Target]).InvokeAsync(cancellationToken: ct));
        Assert.Equal(0, await MaintenanceCommands.CreateCheck().Parse(["--data", Target]).InvokeAsync(cancellationToken: ct));
        Assert.Equal(0, await MaintenanceCommands.CreateRestore().Parse(["--from", Target, "--data", restored, "--json"]).InvokeAsync(cancellationToken: ct));
        Assert.Equal(0, await MaintenanceCommands.CreateCheck().Parse(["--data", restored]).InvokeAsync(cancellationToken: ct));
        Assert.Equal(1, await MaintenanceCommands.CreateRestore().Parse(["--from", Target, "--data", restored]).InvokeAsync(cancellationToken: ct));
        Assert.Equal(1, await MaintenanceCommands.CreateBackup().Parse(["--data", _root, "--to", Target + "2"]).InvokeAsync(cancellationToken: ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    // All that a server has which starts on the backup, once it has told what was left to tell.
    private async Task<IReadOnlyList<FleetEvent>> RestoredAsync()
    {
        string data = Path.Combine(_root, "restored");
        new Restore(Target, data, _said.Add).Run();
        Assert.Empty(await CheckAsync(data));
        await using TestServer restored = new() { Data = data };
        await restored.InitializeAsync();
        await WaitFor.TrueAsync(async () => await WaitingAsync(restored) is 0);
        IEventStore store = restored.Services.GetRequiredService<IEventStore>();
        List<FleetEvent> all = [];
        EventPosition position = default;
        while (await store.ForwardAsync(EventFilter.Everything, position, 500, TestContext.Current.CancellationToken) is { Items.Count: > 0 } page)
        {
            all.AddRange(page.Items.Select(item => item.Event));
            position = page.Next!.Value;
        }

        return all;
    }

    private static async Task<int> WaitingAsync(TestServer server)
    {
        await using FleetDb db = await server.Services.GetRequiredService<IDbContextFactory<FleetDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return await db.Set<OutboxRow>().CountAsync(TestContext.Current.CancellationToken);
    }

    private BackupManifest Backup() => new Backup(_server.Data, Target, TimeProvider.System, _said.Add).Run();

    private Task<IReadOnlyList<string>> CheckAsync(string directory) => new StoreCheck(directory, _said.Add).RunAsync(TestContext.Current.CancellationToken);

    private static Task<BatchAcknowledgement> PushAsync(TestAgent agent, long first, long last) =>
        agent.PushAsync([.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(sequence => agent.Contention(sequence))]);

    private static string AuditTable(SqliteConnection database)
    {
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'Audit%'";
        return command.ExecuteScalar() as string ?? "AuditRow";
    }

    private static void Flip(string path, long at)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0xff));
    }
}
