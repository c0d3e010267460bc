using System.Globalization;
using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>What the kernel itself claims, refuses and says.</summary>
public sealed class KernelStateTests(Machines machines)
{
    private const int UserTaint = 64;

    [Fact]
    public async Task Write_IntoARegionOfTheKernels_IsRecognisedByTaintAndLog()
    {
        StepRecord step = (await machines.BootAsync(Machines.Stable)).Step("50-kernel-claim");
        Assert.SkipUnless(step.Status("module") is 0, $"There is no module that claims a region here: {step.Errors("module")}");
        long tainted = long.Parse(step.Lines("taint-after")[0], NumberStyles.None, CultureInfo.InvariantCulture);
        Assert.Equal(UserTaint, tainted & UserTaint); // else the kernel did not do what is under test

        IReadOnlyList<FleetEvent> events = step.Events("events");

        Assert.Contains(events, e => e.Kind is EventKinds.HostState && e.Sensor is "taint");
        FleetEvent write = Assert.Single(events, e => e.Sensor is "kernel-log");
        Assert.Equal(EventKinds.ContentionBypass, write.Kind);
        Assert.Equal("0000:10:00.0", $"{write.Function}");
        Assert.Equal((AccessOperation.Write, 0x198), (write.Operation, write.Offset));
        Assert.Equal("setpci", write.Caller!.Comm);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Lockdown_OfIntegrity_MakesTheHostOneToObserveAndIsSaid(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("60-lockdown");

        Assert.Contains("lockdown integrity", step.Output("doctor"), StringComparison.Ordinal);
        Assert.Contains("this host can be observed only", step.Output("doctor"), StringComparison.Ordinal);
        Assert.All(
            step.Json<IReadOnlyList<FunctionFacts>>("functions").SelectMany(function => function.Mailboxes),
            mailbox => Assert.NotEqual("broker", mailbox.Owner));
        Assert.Contains("NotOwned", step.Output("exchange"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Lockdown_WriteThatTheKernelRefused_IsNoBypass(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("60-lockdown");

        // The probe stands before the kernel's check and saw it; the region was claimed, so that it would have been told.
        IReadOnlyList<FleetEvent> events = step.Events("events");

        Assert.Contains("0000:0d:00.0", step.Output("claim"), StringComparison.Ordinal);
        Assert.Contains(events, e => e.Sensor is "kernel-log" && e.Detail!.Contains("setpci tried to write configuration space", StringComparison.Ordinal));
        Assert.DoesNotContain(events, e => e.Caller?.Pid == step.Pid("direct"));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Lockdown_OfConfidentiality_HasAWeakerSensorStandInForTheProbes(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("65-confidential");

        HostFacts facts = step.Json<LocalState>("state").Facts;
        Assert.False(facts.Sensors.Single(sensor => sensor.Name is "kprobe").Works);
        SensorReport fanotify = facts.Sensors.Single(sensor => sensor.Name is "fanotify");
        Assert.True(fanotify.Works, fanotify.Why);
        Assert.StartsWith("Reads and writes of config files", fanotify.Covers, StringComparison.Ordinal);
        IEnumerable<LocalBypass> reads = step.Json<LocalFunction>("function").Bypasses!.Where(bypass => bypass.Caller?.Pid == step.Pid("read"));
        Assert.NotEmpty(reads);
        Assert.All(reads, read => Assert.Equal(("fanotify", AccessOperation.Read, null), (read.Sensor, read.Operation, read.Offset)));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Reset_BySysfs_KeepsItsMailboxesFreeOfUsForAWhile(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("50-kernel-claim");

        Assert.Contains("was reset just now", step.Output("held"), StringComparison.Ordinal);
        Assert.Contains("NotOwned", step.Output("held-exchange"), StringComparison.Ordinal);
        Assert.Contains("\"succeeded\":true", step.Output("over-exchange"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Lockdown_ThroughTheMirror_IsWhatItIsWithoutIt(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("60-lockdown");

        Assert.Contains("Operation not permitted", step.Errors("direct"), StringComparison.Ordinal);
        Assert.Equal(step.Errors("direct"), step.Errors("write"));
        Assert.Equal(step.Lines("lspci-direct"), step.Lines("lspci-mirror"));
    }
}
