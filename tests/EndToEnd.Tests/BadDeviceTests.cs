using Fleet.Contracts;
using Fleet.EndToEnd.Tests.Harness;

namespace Fleet.EndToEnd.Tests;

/// <summary>Simulated devices that misbehave: a clear answer in bounded time, and the rest of the fleet goes on.</summary>
public sealed class BadDeviceTests
{
    // An exchange may have to outwait the hold of an attestation, which is 30 s at most.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("NeverAnswers", "0x1c0")]
    [InlineData("AbortNeverCompletes", "0x1c0")]
    [InlineData("ForeignResponse", "0x1c0")]
    [InlineData("AlwaysError", "0x1c0")]
    [InlineData("Underflow", "0x1c0")]
    public async Task Mailbox_ThatMisbehaves_FailsTheExchangeWithItsCauseAndIsAnEvent(string fault, string offset)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("fault-server"));
        string data = Places.NewData("fault-sim");
        string run = Path.Combine(data, "run");
        await using Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", "1", "--server", server.Agents, "--token", await server.TokenAsync(),
            "--data", data, "--run", run, "--no-mirror", "--fault", fault);
        await simulator.UntilAsync(
            async () => (await server.Api.ListMailboxesAsync(new())).Items.Count == 2, TimeSpan.FromSeconds(60), "the host had reported its mailboxes");

        Output broken = await ExchangeAsync(run, "0000:02:00.0", offset);
        Output well = await ExchangeAsync(run, "0000:01:00.0", "0x200");

        Assert.Equal(2, broken.Status);
        Assert.NotEmpty(broken.Errors.Trim());
        well.Succeeded();
        MailboxView mailbox = (await server.Api.ListMailboxesAsync(new(), TestContext.Current.CancellationToken)).Items.Single(item => item.Offset == 0x1c0);
        Assert.NotNull(mailbox.DiscoveryNote);
        await Testing.WaitFor.TrueAsync(
            async () => (await server.Api.ListEventsAsync(new($"kind:{EventKinds.MailboxFault}"))).Items.Any(entry => entry.Detail is { Length: > 0 }),
            Bound,
            "the fault is an event");
    }

    [Theory]
    [InlineData("Loop", "leads back to")]
    [InlineData("Truncated", "")]
    public async Task CapabilityList_ThatIsBroken_IsAFindingAndTheRestIsRead(string fault, string detail)
    {
        Places.NeedMounts();
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(Places.NewData("config-server"));
        string data = Places.NewData("config-sim");
        string run = Directory.CreateTempSubdirectory("fleet-sim-").FullName;
        await using (Daemon simulator = Daemon.Start(
            Places.Simulator, "run", "--hosts", "1", "--server", server.Agents, "--token", await server.TokenAsync(), "--data", data, "--run", run, "--config-fault", fault))
        {
            FunctionView? adapter = null;
            await simulator.UntilAsync(
                async () => (adapter = (await server.Api.ListFunctionsAsync(new())).Items.SingleOrDefault(item => item.DeviceId == "1021")) is not null,
                TimeSpan.FromSeconds(60),
                "the host had reported its functions");

            Assert.NotEmpty(adapter!.Findings);
            Assert.Contains(detail, string.Join('\n', adapter.Findings), StringComparison.Ordinal);
            Assert.NotEmpty(adapter.Capabilities);
            Output lspci = await Shell.RunAsync(Bound, "lspci", "-vvv", "-O", $"sysfs.path={Path.Combine(run, "sim-01", "pci")}");
            Assert.Contains("02:00.0", lspci.Succeeded(), StringComparison.Ordinal);
        }

        Directory.Delete(run, recursive: true);
    }

    private static Task<Output> ExchangeAsync(string run, string address, string offset) => Shell.RunAsync(
        Bound, Places.Agent, "doe", "exchange", address, offset, "0001:01", "--hex", "10840000", "--run", Path.Combine(run, "sim-01"));
}
