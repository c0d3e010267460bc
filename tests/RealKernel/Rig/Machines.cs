using System.Collections.Concurrent;
using Fleet.RealKernel.Tests.Rig;

[assembly: AssemblyFixture(typeof(Machines))]

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>The rig's machines. Each boots once, when the first test asks for it, and every test reads what that boot recorded.</summary>
public sealed class Machines
{
    public const string Stable = "stable";
    public const string Newest = "newest";

    private readonly ConcurrentDictionary<string, Lazy<Task<Recording>>> _boots = new();

    public static TheoryData<string> All => [Stable, Newest];

    /// <summary>What the machine recorded; skips the test, with the reason, where it cannot run.</summary>
    public async Task<Recording> BootAsync(string machine)
    {
        // Not the test's own cancellation: the boot belongs to all of them.
        Recording recording = await _boots.GetOrAdd(machine, name => new Lazy<Task<Recording>>(() => Boot.RunAsync(name))).Value;
        Assert.SkipWhen(recording.Unable is not null, recording.Unable ?? "");
        return recording;
    }
}
