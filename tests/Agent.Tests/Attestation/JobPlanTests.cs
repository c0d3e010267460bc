using System.Text.Json;
using System.Text.Json.Nodes;
using Fleet.Agent.Attestation;
using Fleet.Contracts;
using Fleet.Spdm.Requesting;

namespace Fleet.Agent.Tests.Attestation;

/// <summary>A job of the wire is the plan that it says, and nothing that this agent would have to guess.</summary>
public sealed class JobPlanTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSamePlan()
    {
        AttestationPlan plan = ProviderDouble.Plan() with { PortionSize = 700, LargeChains = true, Budget = new() { Delays = 3, Waiting = TimeSpan.FromSeconds(2), Exchanges = 99, Bytes = 12_345 } };
        plan = plan with { Steps = [.. plan.Steps, new(PlanAction.EachMeasurement) { Slot = 1, Attributes = 3, Nonce = plan.Steps[2].Nonce }, new(PlanAction.MeasurementLog)] };
        AttestationJob job = JobPlan.Write(plan, new('a', 32), default, 0x200, DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1));
        AttestationJob carried = JsonSerializer.Deserialize<AttestationJob>(JsonSerializer.Serialize(job, FleetJson.Options), FleetJson.Options)!;

        Assert.True(JobPlan.TryRead(carried, out AttestationPlan? read, out string problem), problem);

        Assert.Equal(plan.Negotiations.Select(Text), read.Negotiations.Select(Text));
        Assert.Equal(plan.Steps.Select(Text), read.Steps.Select(Text));
        Assert.Equal((plan.PortionSize, plan.LargeChains, plan.Budget), (read.PortionSize, read.LargeChains, read.Budget));
    }

    [Theory]
    [InlineData("negotiations/0/version", 0x15, "0x15")]
    [InlineData("negotiations/0/version", -1, "does not speak")]
    [InlineData("negotiations/0/capabilities", "no base64!", "not base64")]
    [InlineData("negotiations/0/algorithms", "", "not base64")]
    [InlineData("negotiations/1/version", 0x10, "twice")]
    [InlineData("steps/0/action", "time-travel", "does not know")]
    [InlineData("steps/1/slot", 8, "out of its range")]
    [InlineData("steps/2/nonce", "AAAA", "out of its range")]
    [InlineData("steps/2/nonce", null, "out of its range")]
    [InlineData("steps/3/nonce", null, "out of its range")]
    [InlineData("steps/3/operation", 256, "out of its range")]
    [InlineData("steps/3/context", "AAAA", "out of its range")]
    [InlineData("portionSize", 0, "out of bounds")]
    [InlineData("budget/exchanges", 1_000_000, "out of bounds")]
    [InlineData("budget/bytes", 0, "out of bounds")]
    [InlineData("budget/waitingMilliseconds", -5, "out of bounds")]
    public void Read_AJobThatCannotBeCarriedOutToTheLetter_SaysWhy(string place, object? value, string why)
    {
        JsonNode job = JsonSerializer.SerializeToNode(ProviderDouble.Job(), FleetJson.Options)!;
        string[] path = place.Split('/');
        JsonNode at = path[..^1].Aggregate(job, (node, part) => int.TryParse(part, out int index) ? node[index]! : node[part]!);
        at[path[^1]] = value is int number ? JsonValue.Create(number) : JsonValue.Create((string?)value);

        Assert.False(JobPlan.TryRead(job.Deserialize<AttestationJob>(FleetJson.Options)!, out _, out string problem));

        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MembersOfALaterVersion_AreNoHindrance()
    {
        JsonNode job = JsonSerializer.SerializeToNode(ProviderDouble.Job(), FleetJson.Options)!;
        job["somethingNew"] = 1;
        job["steps"]![0]!["somethingNew"] = "x";

        Assert.True(JobPlan.TryRead(job.Deserialize<AttestationJob>(FleetJson.Options)!, out _, out string problem), problem);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789ABCDEF", false)]
    [InlineData("../../../../../../etc/passwd.jso", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Id_IsAFileNameToo(string? id, bool good) => Assert.Equal(good, JobPlan.IsId(id));

    private static string Text(PlanNegotiation n) => $"{n.Version} {Convert.ToHexString(n.Capabilities.Span)} {Convert.ToHexString(n.Algorithms.Span)}";

    private static string Text(PlanStep s) =>
        $"{s.Action} {s.Slot} {s.Summary} {s.Attributes} {s.Operation} {Convert.ToHexString(s.Nonce.Span)} {Convert.ToHexString(s.Context.Span)}";
}
