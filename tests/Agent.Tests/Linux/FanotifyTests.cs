using System.Collections.Concurrent;
using System.Diagnostics;
using Fleet.Agent.Linux;
using Fleet.Agent.Linux.Sensors;
using Fleet.Agent.Tests.Fuse;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Testing;

namespace Fleet.Agent.Tests.Linux;

/// <summary>Notification and guard on a tree of plain files: the kernel's interface is the same as on sysfs.</summary>
public sealed class FanotifyTests : IDisposable
{
    private static readonly PciAddress First = PciAddress.Parse(SyntheticTree.First);
    private static readonly PciAddress Second = PciAddress.Parse(SyntheticTree.Second);

    private readonly SyntheticTree _tree = new();
    private readonly ConcurrentQueue<BypassAccess> _seen = new();
    private readonly ChangeFeed _changes = new();

    public FanotifyTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "fanotify needs root");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TrialAccess Trial => new(_tree.Root, First);

    [Fact]
    public async Task Seen_ReadByAnotherProgram_IsToldWithItsName()
    {
        using FanotifySensor sensor = Sensor([First]);
        SensorReport report = sensor.Start(_seen.Enqueue, WaitFor.Patience, Ct);
        Assert.True(report.Works, report.Why);

        // It reads its input after the file, and so lives until it is told of: nobody waits for this sensor.
        using Process cat = Process.Start(new ProcessStartInfo("/bin/cat", [Config(First), "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        BypassAccess seen = await NextAsync(AccessOperation.Read);
        cat.StandardInput.Close();

        Assert.Equal((First, "fanotify", null), (seen.Function, seen.Sensor, seen.Offset));
        Assert.Equal(cat.Id, seen.Caller?.Pid);
        Assert.Equal("cat", seen.Caller?.Comm);
    }

    [Fact]
    public async Task Seen_WriteByAnotherProgram_IsToldAsOne()
    {
        using FanotifySensor sensor = Sensor([First, Second]);
        sensor.Start(_seen.Enqueue, WaitFor.Patience, Ct);

        Run("/bin/dd", $"if=/dev/zero of={Config(Second)} bs=4 count=1 conv=notrunc status=none");

        Assert.Equal(Second, (await NextAsync(AccessOperation.Write)).Function);
    }

    [Fact]
    public async Task Seen_OwnAccesses_AreLeftOut()
    {
        using FanotifySensor sensor = Sensor([First]);
        sensor.Start(_seen.Enqueue, WaitFor.Patience, Ct);

        Assert.True(Trial.Read());
        Run("/bin/cat", Config(First));

        await NextAsync(AccessOperation.Read);
        Assert.All(_seen, seen => Assert.NotEqual(Environment.ProcessId, seen.Caller?.Pid));
    }

    [Fact]
    public async Task Seen_FunctionThatCameLater_IsWatchedToo()
    {
        using FanotifySensor sensor = Sensor([First]);
        sensor.Start(_seen.Enqueue, WaitFor.Patience, Ct);
        _changes.Publish(new HardwareChange(HardwareChangeKind.Added, Second));

        Run("/bin/cat", Config(Second));

        Assert.Equal(Second, (await NextAsync(AccessOperation.Read)).Function);
    }

    [Fact]
    public void Start_WhereProbesWork_StandsBy()
    {
        using FanotifySensor sensor = new(Trial, [First], _changes, new KnownCallers(new ExecutableHashes()), () => true, TimeProvider.System);

        SensorReport report = sensor.Start(_seen.Enqueue, WaitFor.Patience, Ct);

        Assert.True(report.Works);
        Assert.Contains("stands by", sensor.Report(report).Why, StringComparison.Ordinal);
        Run("/bin/cat", Config(First));
        Assert.Empty(_seen);
    }

    [Fact]
    public void Start_WithoutAFunction_SaysThatItDoesNotWork()
    {
        using FanotifySensor sensor = new(
            new TrialAccess(_tree.Root, null), [], _changes, new KnownCallers(new ExecutableHashes()), () => false, TimeProvider.System);

        Assert.False(sensor.Start(_seen.Enqueue, WaitFor.Patience, Ct).Works);
    }

    [Fact]
    public async Task Guard_OpenOfAGuardedFunction_IsDeniedAndTold()
    {
        using GuardSensor guard = Guard(address => address == First);
        SensorReport report = guard.Start(_seen.Enqueue, WaitFor.Patience, Ct);
        Assert.True(report.Works, report.Why);

        Assert.NotEqual(0, Run("/bin/cat", Config(First)));
        Assert.Equal(0, Run("/bin/cat", Config(Second)));

        BypassAccess seen = await NextAsync(AccessOperation.Write);
        Assert.Equal((First, true, "cat"), (seen.Function, seen.Denied, seen.Caller?.Comm));
    }

    [Fact]
    public async Task Guard_ToolsThatEndAtOnce_AreAllNamed()
    {
        const int Tools = 50;
        using GuardSensor guard = Guard(_ => true);
        guard.Start(_seen.Enqueue, WaitFor.Patience, Ct);

        Run("/bin/sh", $"-c \"for i in $(seq {Tools}); do cat {Config(First)}; done\"");

        await WaitFor.TrueAsync(() => _seen.Count == Tools);
        Assert.All(_seen, seen => Assert.Equal(("cat", true), (seen.Caller!.Comm, seen.Caller.StartTime > 0)));
        Assert.Equal(Tools, _seen.Select(seen => seen.Caller!.Pid).Distinct().Count());
    }

    [Fact]
    public async Task Guard_ProgramThatBecomesAnother_IsNamedAsTheOther()
    {
        using GuardSensor guard = Guard(_ => true);
        guard.Start(_seen.Enqueue, WaitFor.Patience, Ct);

        Run("/bin/bash", $"-c \": 2>&- <{Config(First)}; exec cat {Config(First)}\"");

        await WaitFor.TrueAsync(() => _seen.Count is 2);
        Assert.Equal(["bash", "cat"], _seen.Select(seen => seen.Caller!.Comm));
        Assert.Single(_seen.Select(seen => seen.Caller!.Pid).Distinct());
    }

    [Fact]
    public void Guard_OwnOpens_AreAlwaysAllowed()
    {
        using GuardSensor guard = Guard(_ => true);
        guard.Start(_seen.Enqueue, WaitFor.Patience, Ct);

        Assert.True(Trial.Read());
        Assert.Empty(_seen);
    }

    [Fact]
    public void Guard_Ended_LetsEverybodyThrough()
    {
        GuardSensor guard = Guard(_ => true);
        guard.Start(_seen.Enqueue, WaitFor.Patience, Ct);
        Assert.NotEqual(0, Run("/bin/cat", Config(First)));

        guard.Dispose();

        Assert.Equal(0, Run("/bin/cat", Config(First)));
    }

    [Fact]
    public void Guard_FunctionThatCameLater_IsGuardedAtOnce()
    {
        using GuardSensor guard = new(Trial, [First], _changes, new ExecutableHashes(), _ => true, TimeProvider.System);
        guard.Start(_seen.Enqueue, WaitFor.Patience, Ct);
        Assert.Equal(0, Run("/bin/cat", Config(Second)));

        _changes.Publish(new HardwareChange(HardwareChangeKind.Added, Second));

        Assert.NotEqual(0, Run("/bin/cat", Config(Second)));
    }

    public void Dispose() => _tree.Dispose();

    private FanotifySensor Sensor(IReadOnlyList<PciAddress> functions) =>
        new(Trial, functions, _changes, new KnownCallers(new ExecutableHashes()), () => false, TimeProvider.System);

    private GuardSensor Guard(Func<PciAddress, bool> denies) =>
        new(Trial, [First, Second], _changes, new ExecutableHashes(), denies, TimeProvider.System);

    private string Config(PciAddress address) => $"{_tree.Root}/devices/{address}/config";

    private async Task<BypassAccess> NextAsync(AccessOperation operation)
    {
        await WaitFor.TrueAsync(() => _seen.Any(seen => seen.Operation == operation));
        return _seen.First(seen => seen.Operation == operation);
    }

    private static int Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
