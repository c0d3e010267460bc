using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;
using Fleet.Pci;

namespace Fleet.EndToEnd.Tests;

/// <summary>A real agent whose data directory takes nothing: it decides all the same, says so wherever somebody looks, and goes on by itself when there is room.</summary>
public sealed partial class FullDiskTests
{
    private const int DiskMebibytes = 24;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task NewHost_DiskFull_DecidesAndUsesNoTokenUntilThereIsRoom()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("full-new-server"));
        await using PrivateDisk disk = await PrivateDisk.CreateAsync(DiskMebibytes);
        await using RunDirectory run = new();
        disk.Fill();
        await using Daemon agent = Start(disk, run, server, await server.TokenAsync());

        await agent.UntilAsync(() => agent.Said.Contains("has not joined yet", StringComparison.Ordinal), Soon, "it said that it has not joined");
        await agent.UntilAsync(() => MetricsAddress().IsMatch(agent.Said), Soon, "it said that it is up");
        Assert.Contains("Make room there", agent.Said, StringComparison.Ordinal);
        Assert.Contains("The journal is in memory", agent.Said, StringComparison.Ordinal);
        await agent.UntilAsync(async () => (await StateAsync(run)).SpoolTrouble?.Contains("does not take events", StringComparison.Ordinal) is true, Soon, "its state told of the spool");
        Assert.Equal(0, (await MetricsAsync(agent)).Sum("pcifleet_spool_writable"));
        await DecidesAsync(run, disk, agent);
        Assert.Equal(0, Assert.Single((await server.Api.ListJoinTokensAsync(new(), ct: TestContext.Current.CancellationToken)).Items).Used);

        disk.MakeRoom();

        // The same token, the same process; what was decided meanwhile is told.
        HostView host = await HostAsync(agent, server, host => host is { State: "live", SpoolTrouble: null });
        Assert.Equal(1, Assert.Single((await server.Api.ListJoinTokensAsync(new(), ct: TestContext.Current.CancellationToken)).Items).Used);
        await ToldAsync(agent, server, host, EventKinds.ClaimGranted, e => e.Caller?.Pid == disk.Keeper);
        Assert.Equal(1, (await MetricsAsync(agent)).Sum("pcifleet_spool_writable"));
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task Host_DiskFullsKilledAndStartedAgainThenReadOnly_IsShownAndGoesOn()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("full-host-server"));
        await using PrivateDisk disk = await PrivateDisk.CreateAsync(DiskMebibytes);
        await using RunDirectory run = new();
        await using (Daemon first = Start(disk, run, server, await server.TokenAsync()))
        {
            await HostAsync(first, server, host => host is { State: "live", SpoolTrouble: null });
            disk.Fill();
            HostView told = await HostAsync(first, server, host => host.SpoolTrouble is not null, () => DecidesAsync(run, disk, first));
            Assert.Contains("does not take events", told.SpoolTrouble, StringComparison.Ordinal);
            AttentionItem item = Assert.Single((await server.Api.GetOverviewAsync(TestContext.Current.CancellationToken)).Attention, item => item.Cause == told.SpoolTrouble);
            Assert.Equal((told.Name, $"/hosts/{told.Id}"), (item.Subject, item.Link));
            await first.KillAsync();
        }

        await using (Daemon second = Start(disk, run, server))
        {
            // Its identity can be read: it comes in, and is shown with its trouble.
            await HostAsync(second, server, host => host is { State: "live", SpoolTrouble: not null } && second.Said.Contains("is connected to", StringComparison.Ordinal));
            await DecidesAsync(run, disk, second);
            disk.MakeRoom();
            HostView back = await HostAsync(second, server, host => host is { State: "live", SpoolTrouble: null });
            await ToldAsync(second, server, back, EventKinds.AgentLoss, e => e.CountUnknown is true); // What the kill may have cost.
            Assert.Equal(0, await second.StopAsync());
        }

        await disk.RemountAsync("ro");
        await using Daemon third = Start(disk, run, server);
        await HostAsync(third, server, host => host is { State: "live", SpoolTrouble: not null });
        Assert.Contains("takes nothing now", third.Said, StringComparison.Ordinal);
        await DecidesAsync(run, disk, third);
        await disk.RemountAsync("rw");
        await HostAsync(third, server, host => host is { State: "live", SpoolTrouble: null });
        Assert.Equal(0, await third.StopAsync());
    }

    private static Daemon Start(PrivateDisk disk, RunDirectory run, ServerUnderTest server, string? token = null) => disk.Start(
        Places.Agent,
        ["run", "--server", server.Agents, "--data", disk.File("agent"), "--run", run.Path, "--no-mirror", "--read-only", .. token is null ? Array.Empty<string>() : ["--token", token]]);

    /// <summary>Grants a claim, and refuses another one of the same bytes: a decision of the broker that touches no device.</summary>
    private static async Task DecidesAsync(RunDirectory run, PrivateDisk disk, Daemon agent)
    {
        await agent.UntilAsync(() => File.Exists(Path.Combine(run.Path, "agent.sock")), Soon, "its socket was there");
        string? address = Directory.Exists("/sys/bus/pci/devices") ? Directory.EnumerateDirectories("/sys/bus/pci/devices").Select(Path.GetFileName).Order().FirstOrDefault() : null;
        Places.Need(PciAddress.TryParse(address, out _), "Needs a machine with PCI functions.");
        Output granted = await Shell.RunAsync(Places.Agent, "claim", address!, "0x40+4", "--reason", "full disk", "--pid", $"{disk.Keeper}", "--run", run.Path, "--json");
        granted.Succeeded();
        string id = JsonDocument.Parse(granted.Text).RootElement[0].GetProperty("id").GetString()!;
        Output refused = await Shell.RunAsync(Places.Agent, "claim", address!, "0x42+2", "--reason", "the same bytes", "--pid", $"{Environment.ProcessId}", "--run", run.Path);
        Assert.NotEqual(0, refused.Status);
        (await Shell.RunAsync(Places.Agent, "release", id, "--run", run.Path)).Succeeded();
    }

    private static async Task<LocalState> StateAsync(RunDirectory run)
    {
        Output state = await Shell.RunAsync(Places.Agent, "state", "--json", "--run", run.Path);
        state.Succeeded();
        return JsonSerializer.Deserialize<LocalState>(state.Text, FleetJson.Options)!;
    }

    /// <summary>The only host, as soon as it is so.</summary>
    private static async Task<HostView> HostAsync(Daemon agent, ServerUnderTest server, Func<HostView, bool> isSo, Func<Task>? meanwhile = null)
    {
        HostView? found = null;
        await agent.UntilAsync(
            async () =>
            {
                await (meanwhile?.Invoke() ?? Task.CompletedTask);
                IReadOnlyList<HostView> hosts = (await server.Api.ListHostsAsync(new())).Items;
                return hosts.Count is 1 && isSo(found = (await server.Api.GetHostAsync(hosts[0].Id)).Value);
            },
            Soon,
            "the server showed the host as it should be");
        return found!;
    }

    /// <summary>The server has such an event of the host. It is asked once it has any: before, it may just be making the day's file.</summary>
    private static Task ToldAsync(Daemon agent, ServerUnderTest server, HostView host, string kind, Func<FleetEvent, bool> isIt) => agent.UntilAsync(
        async () => EventStore.Count(server.Data) > 0
            && (await server.Api.ListEventsAsync(new ListQuery($"kind:{kind} and host:{host.Id}", null, 50))).Items.Any(isIt),
        Soon,
        $"the server was told of {kind}");

    private static Task<Scrape> MetricsAsync(Daemon agent) => Scrape.ReadAsync(new Uri(MetricsAddress().Match(agent.Said).Groups[1].Value));

    [GeneratedRegex(@"metrics (http://\S+)")]
    private static partial Regex MetricsAddress();

    private sealed class RunDirectory : IAsyncDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("fleet-full-run-").FullName;

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
