using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>A real kernel's NVMe function, attested by the agent through its DOE mailbox: the responder is fleet-sim's, outside of the guest.</summary>
public sealed class AttestationTests(Machines machines)
{
    [Theory]
    [InlineData("unbound", null)]
    [InlineData("bound", "nvme")]
    public async Task Attest_ThroughTheMailbox_IsTrustedWhoeverDrivesTheFunction(string when, string? driver)
    {
        StepRecord step = (await machines.BootAsync(Machines.Newest)).Step("35-attest");
        FunctionFacts facts = step.Json<LocalFunction>($"{when}-facts").Facts;
        MailboxFacts mailbox = facts.Mailboxes.Single();
        using JsonDocument report = JsonDocument.Parse(string.Join('\n', step.Lines(when)));

        // The kernel's own discovery is over after enumeration, and without CMA or a connected security manager it has no more use for the mailbox.
        Assert.Equal((driver, "broker"), (facts.Driver, mailbox.Owner));
        Assert.Contains("0001:01", mailbox.Features);
        Assert.Equal("trusted", Text(report, "verdict"));
        Assert.Equal($"0000:01:00.0 mailbox 0x{mailbox.Offset:x3}", Text(report, "responder"));
        Assert.Equal($"Vendor={facts.VendorId}:Device={facts.DeviceId}:CC={facts.ClassCode}:REV={facts.Revision}:SSVID={facts.Subsystem![..4]}:SSID={facts.Subsystem[5..]}", Text(report, "functionName"));
        Assert.True(report.RootElement.GetProperty("quiet").GetBoolean(), "No sensor saw anybody else write into the mailbox.");
    }

    [Fact]
    public async Task Attest_WithoutReferenceValues_IsUnknownForThatAlone()
    {
        StepRecord step = (await machines.BootAsync(Machines.Newest)).Step("35-attest");
        using JsonDocument report = JsonDocument.Parse(step.Output("record"));

        Assert.Equal("unknown", Text(report, "verdict"));
        Assert.Equal(
            ["measurements"],
            report.RootElement.GetProperty("checks").EnumerateArray().Where(check => Text(check, "outcome") is not ("pass" or "not-applicable")).Select(check => Text(check, "name")));
    }

    [Fact]
    public async Task Attest_HeldTheDeviceAndGaveItBack()
    {
        StepRecord step = (await machines.BootAsync(Machines.Newest)).Step("35-attest");
        FleetEvent[] events = [.. step.Events("events")];

        Assert.Empty(step.Json<IReadOnlyList<HoldFacts>>("holds"));
        Assert.Contains(events, e => e.Kind is EventKinds.HoldGranted && e.Detail!.Contains("fleet-agent attest", StringComparison.Ordinal));
        Assert.Equal(events.Count(e => e.Kind is EventKinds.HoldGranted), events.Count(e => e.Kind is EventKinds.HoldEnded));
        Assert.DoesNotContain(events, e => e.Kind is EventKinds.MailboxFault);
    }

    private static string? Text(JsonDocument report, string name) => Text(report.RootElement, name);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
