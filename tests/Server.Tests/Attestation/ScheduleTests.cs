using System.Collections.Immutable;
using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Server.Domain.Attestation;
using Fleet.Spdm.Requesting;

namespace Fleet.Server.Tests.Attestation;

/// <summary>What is attested when, and how a standing ages; values in, values out.</summary>
public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AttestationTimes Times = new();

    [Fact]
    public void Plan_MoreDueThanBounds_TakesTheLongestDueWithinThem()
    {
        List<DeviceStanding> devices = [.. Enumerable.Range(0, 40).SelectMany(host => Enumerable.Range(1, 5).Select(bus => Device(host, bus) with { Due = Now.AddMinutes(-bus) }))];

        IReadOnlyList<DeviceStanding> chosen = AttestationSchedule.Plan(devices, Times, Now);

        Assert.Equal(Times.InAll, chosen.Count);
        Assert.All(chosen.GroupBy(device => device.Function.Host), host => Assert.True(host.Count() <= Times.PerHost));
        Assert.All(chosen, device => Assert.True(device.Due <= Now.AddMinutes(-4)));
    }

    [Fact]
    public void Plan_OpenOnes_CountAndAreNotBegunTwice()
    {
        DeviceStanding open = Device(1, 1) with { Due = Now.AddHours(-1), Open = "one", OpenUntil = Now.AddSeconds(5) };
        DeviceStanding[] devices = [open, Device(1, 2) with { Due = Now }, Device(1, 3) with { Due = Now }, Device(1, 4) with { Due = Now.AddSeconds(1) }];

        Assert.Single(AttestationSchedule.Plan(devices, Times, Now));
        Assert.Equal(2, AttestationSchedule.Plan(devices, Times, Now.AddSeconds(5)).Count);
    }

    [Theory]
    [InlineData(0, 0, 6 * 3600)]
    [InlineData(0, 1, 6 * 3600 * 0.9)]
    [InlineData(1, 0, 60)]
    [InlineData(3, 0, 240)]
    [InlineData(60, 0, 6 * 3600)]
    public void Next_AfterSoManyFailures_BacksOffToTheInterval(int failures, double random, double seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), Times.Next(Now, Times.Every, failures, random), TimeSpan.FromMilliseconds(1));

    [Theory]
    [InlineData("boot", "nvme", null)]
    [InlineData("another", "nvme", "boot")]
    [InlineData("boot", "vfio-pci", "inventory")]
    public void Notice_Changes_MakeOldEvidenceNotCount(string boot, string driver, string? trigger)
    {
        FunctionFacts facts = new() { Address = PciAddress.Parse("0000:01:00.0"), VendorId = "144d", DeviceId = "a824", ClassCode = "010802", Driver = "nvme" };
        DeviceStanding before = AttestationSchedule.Notice(null, Id(1, 1), facts, "boot", Times, Now) with { Verdict = AttestationState.Trusted, EvidenceAt = Now, Due = Now.AddHours(6) };

        DeviceStanding after = AttestationSchedule.Notice(before, Id(1, 1), facts with { Driver = driver }, boot, Times, Now.AddMinutes(1));

        Assert.Equal(trigger is null, ReferenceEquals(before, after));
        Assert.Equal(trigger is null ? AttestationState.Trusted : AttestationState.Unknown, Standings.Show(after, Now.AddMinutes(1), Times.MaxAge).State);
        Assert.Equal(trigger is null ? Now.AddHours(6) : Now.AddMinutes(1), after.Due);
    }

    [Fact]
    public void Notice_Reset_AttestsAgainOnceTheMailboxMayBeUsed()
    {
        FunctionFacts facts = new() { Address = PciAddress.Parse("0000:01:00.0"), VendorId = "144d", DeviceId = "a824", ClassCode = "010802", Driver = "nvme" };
        DeviceStanding before = AttestationSchedule.Notice(null, Id(1, 1), facts, "boot", Times, Now) with { Verdict = AttestationState.Trusted, EvidenceAt = Now, Due = Now.AddHours(6) };

        DeviceStanding reset = AttestationSchedule.Notice(before, Id(1, 1), facts with { ResetAt = Now.AddSeconds(59) }, "boot", Times, Now.AddMinutes(1));

        Assert.Equal(("reset", Now.AddMinutes(1) + Times.AfterReset), (reset.Trigger, reset.Due));
        Assert.Equal(AttestationState.Unknown, Standings.Show(reset, Now.AddMinutes(1), Times.MaxAge).State);
        Assert.Empty(AttestationSchedule.Plan([reset], Times, Now.AddSeconds(70)));
        Assert.Same(reset, Assert.Single(AttestationSchedule.Plan([reset], Times, Now.AddSeconds(75))));
        // The same reset told again, and an agent that began anew and knows of none, are no news; another reset is.
        Assert.Same(reset, AttestationSchedule.Notice(reset, Id(1, 1), facts with { ResetAt = Now.AddSeconds(59) }, "boot", Times, Now.AddMinutes(2)));
        Assert.Same(reset, AttestationSchedule.Notice(reset, Id(1, 1), facts, "boot", Times, Now.AddMinutes(2)));
        Assert.Equal(Now.AddMinutes(3) + Times.AfterReset, AttestationSchedule.Notice(reset, Id(1, 1), facts with { ResetAt = Now.AddMinutes(3) }, "boot", Times, Now.AddMinutes(3)).Due);
    }

    [Theory]
    [InlineData(23.9, AttestationState.Trusted)]
    [InlineData(24.1, AttestationState.Stale)]
    public void Show_TrustedEvidence_BecomesStaleByAge(double hours, AttestationState state)
    {
        DeviceStanding trusted = Device(1, 1) with { Verdict = AttestationState.Trusted, EvidenceAt = Now };

        Assert.Equal(state, Standings.Show(trusted, Now.AddHours(hours), Times.MaxAge).State);
    }

    [Theory]
    [InlineData(12.0, null, false)]
    [InlineData(12.1, null, true)]
    [InlineData(0.1, "The host has booted since its evidence was taken.", true)]
    public void IsLate_EvidenceOlderThanTwoIntervalsOrOutdated_MissesTheObjective(double hours, string? outdated, bool late)
    {
        DeviceStanding device = Device(1, 1) with { Verdict = AttestationState.Trusted, EvidenceAt = Now, Outdated = outdated };

        Assert.Equal(late, Standings.IsLate(device, Now.AddHours(hours), Times.Every));
        Assert.True(Standings.IsLate(Device(1, 1), Now, Times.Every));
    }

    [Fact]
    public void Show_Quarantined_IsFailedWhateverItsVerdictAndAge()
    {
        DeviceStanding held = Device(1, 1) with { Verdict = AttestationState.Trusted, EvidenceAt = Now, Quarantined = Now.AddHours(-1), QuarantineReason = "Tampered." };

        Assert.Equal((AttestationState.Failed, Now.AddHours(-1)), (Standings.Show(held, Now, Times.MaxAge).State, Standings.Show(held, Now, Times.MaxAge).Since));
    }

    [Fact]
    public void Release_WithAndWithoutForgetting_KeepsOrDropsTheFloors()
    {
        DeviceStanding held = Device(1, 1) with
        {
            Verdict = AttestationState.Failed,
            EvidenceAt = Now,
            Quarantined = Now,
            Pin = "aa",
            Version = 0x13,
            Slots = 1,
            SignedBefore = true,
            SecureVersions = ImmutableSortedDictionary<int, ulong>.Empty.Add(16, 7),
        };

        DeviceStanding released = Standings.Release(held, forget: false, Now);
        DeviceStanding forgotten = Standings.Release(held, forget: true, Now);

        Assert.Equal(("aa", 0x13, 7UL), (released.Pin, released.Version, released.SecureVersions[16]));
        Assert.Equal((null, null, false), (forgotten.Pin, forgotten.Version, forgotten.SignedBefore));
        Assert.Empty(forgotten.SecureVersions);
        Assert.All([released, forgotten], standing => Assert.Equal((AttestationState.Unknown, Now), (Standings.Show(standing, Now, Times.MaxAge).State, standing.Due)));
    }

    [Fact]
    public void JobWire_PlanWrittenAndRead_IsTheSamePlan()
    {
        NonceSource nonces = new(RandomNumberGenerator.Create());
        AttestationPlan plan = AttestationPlan.Standard(nonces) with
        {
            PortionSize = 1000,
            LargeChains = true,
            Budget = new PlanBudget { Delays = 3, Waiting = TimeSpan.FromSeconds(7), BusyDelay = TimeSpan.FromMilliseconds(9), Exchanges = 77, Bytes = 7777 },
        };
        plan = plan with { Steps = [.. plan.Steps, new PlanStep(PlanAction.MeasurementLog), new PlanStep(PlanAction.EachMeasurement) { Slot = 3, Attributes = 3, Nonce = nonces.Nonce(), Context = nonces.Context() }] };

        AttestationJob job = JobWire.Write("id", PciAddress.Parse("0000:01:00.0"), 0x148, plan, Now, TimeSpan.FromSeconds(60));
        AttestationPlan read = JobWire.Read(System.Text.Json.JsonSerializer.Deserialize<AttestationJob>(System.Text.Json.JsonSerializer.Serialize(job, FleetJson.Options), FleetJson.Options)!);

        Assert.Equal(Describe(plan), Describe(read));
    }

    private static string Describe(AttestationPlan plan) => string.Join('|',
    [
        .. plan.Negotiations.Select(n => $"{n.Version} {Convert.ToHexString(n.Capabilities.Span)} {Convert.ToHexString(n.Algorithms.Span)}"),
        .. plan.Steps.Select(s => $"{s.Action} {s.Slot} {s.Summary} {s.Attributes} {s.Operation} {Convert.ToHexString(s.Nonce.Span)} {Convert.ToHexString(s.Context.Span)}"),
        $"{plan.PortionSize} {plan.LargeChains} {plan.Budget}",
    ]);

    private static FunctionId Id(int host, int bus) => new(new HostId(new Guid(host, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])), PciAddress.Parse($"0000:{bus:x2}:00.0"));

    private static DeviceStanding Device(int host, int bus) => new() { Function = Id(host, bus), Since = Now };
}
