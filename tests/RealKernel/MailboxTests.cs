using System.Text.Json;
using Fleet.Contracts;
using Fleet.RealKernel.Tests.Rig;

namespace Fleet.RealKernel.Tests;

/// <summary>Mailboxes of real devices, driven by the agent through sysfs, against what the kernel got out of them.</summary>
public sealed class MailboxTests(Machines machines)
{
    private const string Nvme = "0000:01:00.0";

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Cdat_ReadThroughTheAgent_IsTheKernels(string machine)
    {
        Recording recording = await machines.BootAsync(machine);
        StepRecord kernel = recording.Step("10-kernel");
        StepRecord agent = recording.Step("30-claims");

        IReadOnlyList<string> tables = kernel.Files("*.cdat");

        Assert.True(tables.Count >= 3, $"The kernel showed {tables.Count} tables.");
        Assert.All(tables, table => Assert.Equal(Convert.ToHexStringLower(kernel.Bytes(table)), string.Concat(agent.Lines(table))));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Features_OfEveryMailbox_AreWhatItSpeaks(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("30-claims");

        foreach (FunctionFacts function in step.Json<IReadOnlyList<FunctionFacts>>("functions"))
        {
            string[] expected = $"{function.Address}" is Nvme ? ["0001:00", "0001:01", "0001:02"] : ["0001:00", "1e98:02"];
            Assert.All(function.Mailboxes, mailbox =>
            {
                Assert.Equal("broker", mailbox.Owner);
                Assert.Equal(expected, mailbox.Features);
            });
        }
    }

    [Fact]
    public async Task Features_OnAKernelThatShowsThem_AreTheKernels()
    {
        Recording recording = await machines.BootAsync(Machines.Newest);
        string[] theirs = [.. recording.Step("10-kernel").Text("doe_features").Split('\n').Order(StringComparer.Ordinal)];

        IEnumerable<string> ours = recording.Step("30-claims").Json<IReadOnlyList<FunctionFacts>>("functions")
            .SelectMany(function => function.Mailboxes.SelectMany(mailbox => mailbox.Features.Select(feature => $"{function.Address} {feature}")));

        Assert.Equal(theirs, ours.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Machines.All), MemberType = typeof(Machines))]
    public async Task Exchange_WithAMailboxOfTheKernels_IsRefused(string machine)
    {
        StepRecord step = (await machines.BootAsync(machine)).Step("20-mirror");

        Assert.Contains("NotOwned", step.Output("discover"), StringComparison.Ordinal);
        Assert.Contains("belongs to 'kernel': The driver cxl_pci", step.Output("exchange"), StringComparison.Ordinal);
        Assert.DoesNotContain("\"succeeded\":true", step.Output("exchange"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_WithTheSpdmMailbox_ReachesItsResponder()
    {
        StepRecord step = (await machines.BootAsync(Machines.Newest)).Step("30-claims");

        Assert.Equal(SpdmResponder.Versions, Payload(step.Output("versions")));
        Assert.Equal("107f07fe", Payload(step.Output("unsupported")));
    }

    private static string? Payload(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        return document.RootElement.GetProperty("payload").GetString();
    }
}
