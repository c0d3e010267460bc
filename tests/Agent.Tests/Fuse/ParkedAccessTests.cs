using System.Diagnostics;
using System.Runtime.InteropServices;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>Accesses that wait for a claim to end: no worker waits with them, and their callers can be signalled and killed.</summary>
public sealed class ParkedAccessTests
{
    private const string Claimed = "64"; // 0x40: the power management capability
    private const string Long = "30000"; // the longest there is
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20); // long before the wait would end by itself

    [Fact]
    public async Task Read_ManyParked_OthersPassAndAllGetTheirBytes()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await ClaimAsync(mirror, Long);
        Process[] parked = [.. Enumerable.Range(0, 20).Select(_ => Reader(space, tree))];
        foreach (Process each in parked)
        {
            await WaitsAsync(each);
        }

        ToolResult other = await space.RunAsync("sh", "-c", $"head -c 4 {tree.ConfigOf(SyntheticTree.Second)} | od -An -tx1");
        bool allWait = parked.All(each => !each.HasExited);
        await mirror.TellAsync("unclaim");
        string[] read = await Task.WhenAll(parked.Select(each => each.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)));

        Assert.Equal(" f4 1a 00 11\n", other.Output);
        Assert.True(allWait, "a reader did not wait");
        Assert.All(read, text => Assert.Equal(" 01 00 03 00\n", text));
    }

    [Fact]
    public async Task Read_DeadlinePasses_TimesOut()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await ClaimAsync(mirror, "50");

        ToolResult read = await space.RunAsync("dd", $"if={tree.ConfigOf(SyntheticTree.First)}", "iflag=skip_bytes", $"skip={Claimed}", "bs=4", "count=1");

        Assert.Contains("timed out", read.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KILL", false)]
    [InlineData("TERM", false)]
    [InlineData("KILL", true)]
    public async Task Signal_ThatEndsAParkedCaller_EndsItAtOnce(string signal, bool writer)
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await ClaimAsync(mirror, Long);
        // Two of a kind: a second writer must not wait for the first in the kernel, where nothing can end it.
        Process[] callers = [.. Enumerable.Range(0, 2).Select(_ => writer ? Writer(space, tree) : Reader(space, tree))];
        foreach (Process each in callers)
        {
            await WaitsAsync(each);
            await space.RunAsync("sh", "-c", $"kill -{signal} $(cat /proc/{each.Id}/task/{each.Id}/children) {each.Id}");
        }

        foreach (Process each in callers)
        {
            await WaitFor.TrueAsync(() => each.HasExited, Soon);
        }

        await mirror.TellAsync("unclaim");

        Assert.Empty(mirror.Starting("write"));
    }

    [Fact]
    public async Task Signal_ThatIsHandled_LeavesTheCallerParkedAndALaterKillStillEndsIt()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await ClaimAsync(mirror, Long);
        // The shell itself reads, and handles USR1: the kernel tells of that signal, and of no later one.
        Process[] shells = [.. Enumerable.Range(0, 2).Select(_ => space.StartInside(
            "bash", "-c", $"trap 'handled=1' USR1; exec 3< {tree.ConfigOf(SyntheticTree.First)}; head -c {Claimed} <&3 > /dev/null; echo ready; LC_ALL=C read -r -N 1 -u 3 byte; echo done $? $handled"))];
        foreach (Process shell in shells)
        {
            Assert.Equal("ready", await shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            // In the very read: it asks for the file's attributes before, and a signal that comes between is told to nobody.
            await WaitFor.TrueAsync(() => ReadsFrom(shell.Id, descriptor: 3) && Waits(shell.Id));
            await space.RunAsync("kill", "-USR1", $"{shell.Id}");
        }

        await WaitFor.TrueAsync(() => File.ReadLines($"/proc/{shells[0].Id}/status").Any(line => line.StartsWith("ShdPnd:", StringComparison.Ordinal) && !line.EndsWith("0000000000000000", StringComparison.Ordinal)));
        bool stillParked = shells.All(shell => !shell.HasExited);
        await space.RunAsync("kill", "-KILL", $"{shells[1].Id}");
        await WaitFor.TrueAsync(() => shells[1].HasExited, Soon);
        await mirror.TellAsync("unclaim");
        string said = await shells[0].StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.True(stillParked, "a handled signal ended the access");
        Assert.StartsWith("done 0", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EveryWorkerStuckInAFunction_AnotherIsServedAllTheSame()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await mirror.TellAsync("hold"); // the function does not answer: whoever reads it takes a worker along
        Process[] stuck = [.. Enumerable.Range(0, 4).Select(_ => space.StartInside("cat", tree.ConfigOf(SyntheticTree.First)))];
        await WaitFor.TrueAsync(() => mirror.Starting("waiting").Count is 4);

        ToolResult other = await space.RunAsync("cat", $"{tree.Mountpoint}/devices/{SyntheticTree.Second}/vendor");
        await mirror.TellAsync("release");
        foreach (Process each in stuck)
        {
            await each.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            each.Dispose();
        }

        Assert.Equal("0x1af4\n", other.Output);
    }

    private static async Task ClaimAsync(MirrorProcess mirror, string milliseconds)
    {
        await mirror.TellAsync($"claim {SyntheticTree.First} {Claimed} {milliseconds}");
        Assert.StartsWith("claimed True", mirror.Starting("claimed").Single(), StringComparison.Ordinal);
    }

    private static Process Reader(PrivateNamespace space, SyntheticTree tree) => space.StartInside(
        "sh", "-c", $"dd if={tree.ConfigOf(SyntheticTree.First)} iflag=skip_bytes skip={Claimed} bs=4 count=1 2>/dev/null | od -An -tx1");

    private static Process Writer(PrivateNamespace space, SyntheticTree tree) => space.StartInside(
        "sh", "-c", $"printf abcd | dd of={tree.ConfigOf(SyntheticTree.First)} oflag=seek_bytes seek={Claimed} bs=4 conv=notrunc; true");

    // In the kernel, in a FUSE request: it, or a child of it.
    private static Task WaitsAsync(Process process) => WaitFor.TrueAsync(() => Family(process.Id).Any(pid => Waits(pid)));

    private static bool Waits(int pid) => Read($"/proc/{pid}/wchan").Contains("request_wait_answer", StringComparison.Ordinal)
        || Read($"/proc/{pid}/stack").Contains("request_wait_answer", StringComparison.Ordinal);

    // "0 0x3 0x7ffc…": the number of the call and its arguments; "running" outside of one.
    private static bool ReadsFrom(int pid, int descriptor)
    {
        string read = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? "0" : "63";
        return Read($"/proc/{pid}/syscall").StartsWith($"{read} 0x{descriptor:x} ", StringComparison.Ordinal);
    }

    private static IEnumerable<int> Family(int pid) =>
        Read($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Prepend(pid);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
