using System.Diagnostics;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>Servers and callers that die in the middle.</summary>
public sealed class MirrorFailureTests
{
    [Fact]
    public async Task Kill9_OfTheServer_CallersEndAndTheNextStartCleans()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess first = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await first.TellAsync("hold");
        using Process waiting = space.StartInside("cat", tree.ConfigOf(SyntheticTree.First));
        await WaitFor.TrueAsync(() => first.Starting("waiting").Count > 0);

        await first.KillAsync();
        await WaitFor.TrueAsync(() => waiting.HasExited);
        ToolResult orphan = await space.RunAsync("cat", tree.ConfigOf(SyntheticTree.First));
        await using MirrorProcess second = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        ToolResult mounts = await space.RunAsync("grep", "-c", "fuse.fleettest", "/proc/self/mountinfo");
        ToolResult vendor = await space.RunAsync("cat", $"{tree.Mountpoint}/devices/{SyntheticTree.First}/vendor");

        Assert.NotEqual(0, waiting.ExitCode);
        Assert.NotEqual(0, orphan.ExitCode); // "Transport endpoint is not connected", at once
        Assert.Equal([$"cleaned {tree.Mountpoint}"], second.Starting("cleaned"));
        Assert.Equal("1\n", mounts.Output);
        Assert.Equal("0x1af4\n", vendor.Output);
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    public async Task Signal_CallerInARead_DiesAtOnceAndTheServerGoesOn(string signal)
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        await using MirrorProcess mirror = await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root);
        await mirror.TellAsync("hold");
        using Process caller = space.StartInside("cat", tree.ConfigOf(SyntheticTree.First));
        await WaitFor.TrueAsync(() => mirror.Starting("waiting").Count > 0);

        await space.RunAsync("kill", $"-{signal}", $"{caller.Id}");
        await WaitFor.TrueAsync(() => caller.HasExited);
        await mirror.TellAsync("release");
        ToolResult next = await space.RunAsync("sh", "-c", $"cat {tree.ConfigOf(SyntheticTree.First)} | wc -c");

        Assert.Equal("4096\n", next.Output);
    }

    [Fact]
    public async Task Dispose_FileStillOpen_LeavesNoMount()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        using SyntheticTree tree = new();
        Process holder;
        await using (await MirrorProcess.StartAsync(space, tree.Mountpoint, "--tree", tree.Root))
        {
            holder = space.StartInside("sh", "-c", $"exec 3< {tree.ConfigOf(SyntheticTree.First)}; echo open; read line; cat <&3");
            Assert.Equal("open", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        ToolResult mounts = await space.RunAsync("grep", "-c", "fuse.fleettest", "/proc/self/mountinfo");
        await holder.StandardInput.WriteLineAsync("go");
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("0\n", mounts.Output);
        Assert.NotEqual(0, holder.ExitCode); // its file is dead, and says so
        holder.Dispose();
    }
}
