using Fleet.Agent.Tests.Uplink;
using Fleet.Simulator.Hardware.Hosts;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Fuse;

/// <summary>
/// Functions that come and go under `bind`. Their tree is another process's, in another mount namespace: as with sysfs, whoever takes a
/// file away takes the binds over it along.
/// </summary>
public sealed class HotPlugTests : IDisposable
{
    private static readonly string Function = SmallHost.Drive.ToString();

    private readonly TemporaryDirectory _place = new();

    private string Config => Path.Combine(_place.File("tree"), "devices", Function, "config");

    [Fact]
    public async Task Function_GoesAndComesBack_IsUnboundAndBoundAgain()
    {
        await using PrivateNamespace space = await PrivateNamespace.CreateAsync();
        await using MirrorProcess device = await MirrorProcess.StartOutsideAsync("device", _place.File("device.sock"), _place.File("tree"));
        await using MirrorProcess agent = await MirrorProcess.StartAsync(space, "agent", _place.Path, "closed");
        int bound = Binds(agent);
        bool was = IsBound(agent);

        await device.TellAsync($"unplug {Function}");
        await agent.TellAsync($"removed {Function}");
        await WaitFor.TrueAsync(() => Binds(agent) == bound - 1);
        bool stayed = IsBound(agent);
        string inMirror = (await space.RunAsync("ls", Path.Combine(_place.File("run"), "pci", "devices"))).Output;
        await device.TellAsync($"plug {Function}");
        await agent.TellAsync($"added {Function}");
        await WaitFor.TrueAsync(() => IsBound(agent));
        string again = (await space.RunAsync("sh", "-c", Read)).Output;

        Assert.True(was, "it was not bound at the start");
        Assert.False(stayed, "the bind outlived its function");
        Assert.DoesNotContain(Function, inMirror, StringComparison.Ordinal);
        Assert.Equal(" 4d 14 0a a8\n", again); // the tree's own file holds zeros
        Assert.Equal(bound, Binds(agent));
    }

    public void Dispose() => _place.Dispose();

    private string Read => $"head -c 4 {Config} | od -An -tx1";

    private bool IsBound(MirrorProcess agent) => Mounts(agent).Any(line => line.Contains($" {Config} ", StringComparison.Ordinal));

    private static int Binds(MirrorProcess agent) => Mounts(agent).Count(line => line.Contains("/config ", StringComparison.Ordinal) && line.Contains("fuse.", StringComparison.Ordinal));

    private static IEnumerable<string> Mounts(MirrorProcess agent) => File.ReadLines($"/proc/{agent.Id}/mountinfo");
}
