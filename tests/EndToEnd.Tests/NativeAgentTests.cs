using System.Text.Json;
using Fleet.Client;
using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>The agent as it is shipped, compiled to native code, with all that code made by reflection would break: link, local API, guardian, commands.</summary>
public sealed class NativeAgentTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task NativeAgent_OnThisHost_JoinsServesAndAttributes()
    {
        Places.NeedMounts();
        Places.NeedNativeAgent();
        Places.NeedProgram("lspci");
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("native-server"));
        string data = Places.NewData("native-agent");
        string run = Directory.CreateTempSubdirectory("fleet-native-").FullName;
        await using Daemon agent = Daemon.Start(
            Places.NativeAgent, "run", "--server", server.Agents, "--token", await server.TokenAsync(), "--data", data, "--run", run,
            "--mode", "enforce", "--read-only", "--on-agent-death", "wait");

        // Enrolment, mutual TLS, hello, inventory.
        await agent.UntilAsync(
            async () => (await server.Api.ListHostsAsync(new())).Items.Any(host => host.State == "live" && host.Functions > 0), Soon, "the server had its inventory");
        string mirror = Path.Combine(run, "pci");
        string[] direct = await ListAsync();
        Places.Need(direct.Length > 0, "Needs a machine with PCI functions.");
        Assert.Equal(direct, await ListAsync("-O", $"sysfs.path={mirror}"));

        // A claim through the local API, a read that it refuses, and the name of who read, at the server.
        string address = direct[0].Split(' ')[0];
        JsonElement claims = await AskAsync("claim", address, "0x40+4", "--on-read", "refuse", "--reason", "test", "--pid", $"{Environment.ProcessId}", "--run", run);
        Assert.Equal("refuse", claims[0].GetProperty("onRead").GetString());
        Output read = await Shell.RunAsync("dd", $"if={mirror}/devices/{address}/config", "bs=4", "skip=16", "count=1", "status=none");
        Assert.NotEqual(0, read.Status);
        FleetEvent? told = null;
        await agent.UntilAsync(
            async () => (told = (await server.Api.ListEventsAsync(new ListQuery($"kind:{EventKinds.ContentionAccess}", null, 50))).Items is [var first, ..] ? first : null) is not null,
            Soon, "the server had the event");
        Assert.Equal(("dd", 0x40, Decision.Refuse), (told!.Caller!.Comm, told.Offset, told.Decision));
        Assert.EndsWith("/dd", told.Caller.Exe, StringComparison.Ordinal);

        // Every sort of answer that a command reads.
        Assert.Contains((await AskAsync("devices", "--run", run)).EnumerateArray(), function => function.GetProperty("address").GetString() == address);
        Assert.Equal(address, (await AskAsync("device", address, "--run", run)).GetProperty("facts").GetProperty("address").GetString());
        Assert.True((await AskAsync("state", "--run", run)).GetProperty("connected").GetBoolean());
        Assert.Equal("enforce", (await AskAsync("doctor", "--run", run)).GetProperty("state").GetProperty("facts").GetProperty("mode").GetString());
        Assert.Equal(JsonValueKind.Array, (await AskAsync("recorder", "bundles", "--run", run)).ValueKind);
        Scrape scrape = await Scrape.ReadAsync(new Uri(JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "endpoints.json"), TestContext.Current.CancellationToken)).RootElement.GetProperty("metrics").GetString()!));
        Assert.Equal(1, scrape.Sum("pcifleet_accesses_total", "operation=\"read\"", "decision=\"refuse\""));

        Assert.Equal(0, await agent.StopAsync());
        Assert.Empty(MountsUnder(run));
        Directory.Delete(run, recursive: true);
    }

    [Fact]
    public async Task NativeAgent_Killed_ItsGuardianKeepsTheMirrorForTheNext()
    {
        Places.NeedMounts();
        Places.NeedNativeAgent();
        string data = Places.NewData("native-killed");
        string run = Directory.CreateTempSubdirectory("fleet-native-").FullName;
        await using Daemon first = await StartAsync(data, run);
        string function = Directory.EnumerateDirectories(Path.Combine(run, "pci", "devices")).FirstOrDefault() ?? "";
        Places.Need(function.Length > 0, "Needs a machine with PCI functions.");
        await using FileStream open = new(Path.Combine(function, "config"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] before = new byte[4];
        open.ReadExactly(before);

        await first.KillAsync();
        byte[] after = new byte[4];
        Task waiting = Task.Run(
            () =>
            {
                open.Position = 0;
                open.ReadExactly(after);
            },
            TestContext.Current.CancellationToken);
        await using Daemon second = await StartAsync(data, run);
        await waiting.WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.Equal(before, after);
        Assert.Equal(0, await second.StopAsync());
        Assert.Empty(MountsUnder(run));
        Directory.Delete(run, recursive: true);
    }

    private static async Task<Daemon> StartAsync(string data, string run)
    {
        File.Delete(Path.Combine(data, "endpoints.json"));
        Daemon agent = Daemon.Start(Places.NativeAgent, "run", "--data", data, "--run", run, "--read-only", "--on-agent-death", "wait");
        await agent.UntilAsync(() => File.Exists(Path.Combine(data, "endpoints.json")), Soon, "it was up");
        return agent;
    }

    private static async Task<string[]> ListAsync(params string[] more) => [.. (await Shell.RunAsync("lspci", ["-D", "-nn", "-k", .. more])).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static async Task<JsonElement> AskAsync(params string[] arguments)
    {
        using JsonDocument answer = JsonDocument.Parse((await Shell.RunAsync(Places.NativeAgent, [.. arguments, "--json"])).Succeeded());
        return answer.RootElement.Clone();
    }

    private static IEnumerable<string> MountsUnder(string run) =>
        File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains($" {run}/", StringComparison.Ordinal));
}
