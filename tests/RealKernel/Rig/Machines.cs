using Fleet.RealKernel.Tests.Rig;

[assembly: AssemblyFixture(typeof(Machines))]

namespace Fleet.RealKernel.Tests.Rig;

/// <summary>The rig's machines. Each boots once, when the first test asks for it, and every test reads what that boot recorded.</summary>
public sealed class Machines
{
    public const string Stable = "stable";
    public const string Newest = "newest";

    // The first request starts them all: side by side they take little longer than one.
    private readonly Lazy<Dictionary<string, Task<Recording>>> _boots =
        new(() => new[] { Stable, Newest }.ToDictionary(machine => machine, Boot.RunAsync));

    public static TheoryData<string> All => [Stable, Newest];

    /// <summary>What the machine recorded; skips the test, with the reason, where it cannot run.</summary>
    public async Task<Recording> BootAsync(string machine)
    {
        Recording recording = await _boots.Value[machine];
        Assert.SkipWhen(recording.Unable is not null, recording.Unable ?? "");
        return recording;
    }
}
