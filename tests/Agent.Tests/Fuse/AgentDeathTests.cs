using System.Diagnostics;
using System.Runtime.InteropServices;
using Fleet.Agent.Fuse.Protocol;
using Fleet.Agent.Fuse.Requests;
using Fleet.Agent.Guardian;
using Fleet.Agent.Linux;
using Fleet.Agent.Local;
using Fleet.Agent.Tests.Uplink;
using Fleet.Contracts;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Testing;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>kill -9 of an agent over binds: what was chosen for its death happens.</summary>
public sealed class AgentDeathTests : IDisposable
{
    private const int Claimed = 0x40;
    private static readonly string Function = SmallHost.Drive.ToString();

    private readonly TemporaryDirectory _place = new();

    private string Run => _place.File("run");

    private string Config => Path.Combine(_place.File("tree"), "devices", Function, "config");

    [Fact]
    public async Task Kill9_UnderWait_ParkedReadsAndOpenFilesGoOnAndAParkedWriteSaysWhatIsNotKnown()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        Directory.CreateDirectory(Run);
        await using MirrorProcess device = await MirrorProcess.StartAsync(space, "device", _place.File("device.sock"), _place.File("tree"));
        await using MirrorProcess first = await MirrorProcess.StartAsync(space, "agent", _place.Path, "wait");
        string before = (await space.RunAsync("sh", "-c", Read)).Output;
        using Process holder = space.StartInside("sh", "-c", $"exec 3< {Config}; echo open; read line; head -c 4 <&3 | od -An -tx1");
        Assert.Equal("open", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await ClaimAsync();
        using Process reader = space.StartInside("sh", "-c", Read);
        using Process writer = space.StartInside("sh", "-c", $"printf abcd | LC_ALL=C dd of={Config} oflag=seek_bytes seek={Claimed} bs=4 conv=notrunc 2>&1; true");
        await WaitFor.TrueAsync(() => Begun(first.Id) is { Count: 2 } begun && begun.Contains(Operation.Read) && begun.Contains(Operation.Write));

        await first.KillAsync();
        bool waiting = !reader.HasExited && !writer.HasExited;
        await using MirrorProcess second = await MirrorProcess.StartAsync(space, "agent", _place.Path, "wait");
        await holder.StandardInput.WriteLineAsync("go");
        string[] said = await Task.WhenAll(new[] { reader, writer, holder }.Select(
            each => each.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)));
        string after = (await space.RunAsync("sh", "-c", Read)).Output;

        Assert.True(waiting, "a caller did not wait for the next agent");
        Assert.Equal(before, said[0]);
        Assert.Contains("Input/output error", said[1], StringComparison.Ordinal);
        Assert.Equal(" 4d 14 0a a8\n", said[2]);
        Assert.Equal(before, after); // it waited for a claim: no byte of it got there
        await WaitFor.TrueAsync(() => File.Exists(_place.File("events")) && File.ReadLines(_place.File("events")).Contains(EventKinds.AccessUnknown));
    }

    [Fact]
    public async Task Kill9_UnderOpen_NoMountIsLeftAndToolsReachTheirFiles()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        Directory.CreateDirectory(Run);
        await using MirrorProcess device = await MirrorProcess.StartAsync(space, "device", _place.File("device.sock"), _place.File("tree"));
        await using MirrorProcess agent = await MirrorProcess.StartAsync(space, "agent", _place.Path, "open");
        int mounts = Mounts(device);

        await agent.KillAsync();
        await WaitFor.TrueAsync(() => Mounts(device) is 0);
        string read = (await space.RunAsync("sh", "-c", $"head -c 4 {Config} | od -An -tx1")).Output;

        Assert.True(mounts > 1, "nothing was bound");
        Assert.Equal(" 00 00 00 00\n", read); // what lies in the tree's own file
    }

    [Fact]
    public async Task Kill9_UnderClosed_AccessesFailUntilTheMountsAreTakenOff()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        Directory.CreateDirectory(Run);
        await using MirrorProcess device = await MirrorProcess.StartAsync(space, "device", _place.File("device.sock"), _place.File("tree"));
        await using MirrorProcess agent = await MirrorProcess.StartAsync(space, "agent", _place.Path, "closed");
        string[] guardEnd = [Path.Combine(AppContext.BaseDirectory, "fleet-agent"), "guard", "--end", "--run", Run];

        ToolResult tooEarly = await space.RunAsync(guardEnd);
        await agent.KillAsync();
        ToolResult read = await space.RunAsync("sh", "-c", $"LC_ALL=C head -c 4 {Config}");
        ToolResult ended = await space.RunAsync(guardEnd);
        string raw = (await space.RunAsync("sh", "-c", $"head -c 4 {Config} | od -An -tx1")).Output;

        Assert.Contains("An agent runs", tooEarly.Error, StringComparison.Ordinal);
        Assert.Contains("not connected", read.Error, StringComparison.Ordinal);
        Assert.Contains($"Took {Config} off.", ended.Output, StringComparison.Ordinal);
        Assert.Equal(0, Mounts(device));
        Assert.Equal(" 00 00 00 00\n", raw);
    }

    public void Dispose()
    {
        using GuardianLink? left = GuardianLink.TryConnect(Run, out _); // only of a test that failed in the middle
        left?.End();
        _place.Dispose();
    }

    private string Read => $"dd if={Config} iflag=skip_bytes skip={Claimed} bs=4 count=1 2>/dev/null | od -An -tx1";

    // Held by this process: everybody else waits at these four bytes, for as long as may be.
    private async Task ClaimAsync()
    {
        using LocalClient client = new(Path.Combine(Run, "agent.sock"));
        await client.PostAsync<ClaimFacts[]>(
            "/v1/claims",
            new LocalClaimRequest
            {
                Function = SmallHost.Drive,
                Region = new RegionSpec { Offset = Claimed, Length = 4 },
                Reason = "a test waits",
                OnRead = ClaimAction.Wait,
                OnWrite = ClaimAction.Wait,
                WaitMilliseconds = 30_000,
            },
            TestContext.Current.CancellationToken);
    }

    private static int Mounts(MirrorProcess inside) =>
        File.ReadLines($"/proc/{inside.Id}/mountinfo").Count(line => line.Contains("fuse.fleetkill", StringComparison.Ordinal));

    /// <summary>What an agent has begun and not answered, from the memory that outlives it.</summary>
    private static List<Operation> Begun(int agent)
    {
        string memory = Directory.EnumerateFiles($"/proc/{agent}/fd")
            .First(link => Posix.ReadLink(link)?.Contains("pcifleet-requests", StringComparison.Ordinal) is true);
        using SafeFileHandle file = File.OpenHandle(memory, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using SlotTable table = SlotTable.TryLookInto(file)!;
        return [.. table.Slots.ToArray().Where(slot => slot.HasRequest && slot.State is SlotState.Begun)
            .Select(slot => MemoryMarshal.Read<InHeader>(slot.Bytes).Operation)];
    }
}
