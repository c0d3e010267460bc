using Fleet.Agent.Attestation;
using Fleet.Broker;
using Fleet.Contracts;
using Fleet.Pci.Doe;
using Fleet.Simulator.Hardware.Faults;
using Fleet.Simulator.Running;
using Fleet.Simulator.Spdm;
using Fleet.Spdm;
using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Requesting;

namespace Fleet.Simulator.Tests;

/// <summary>A plan over a real broker and the registers of a simulated function, appraised.</summary>
public sealed class MailboxAttestationTests(AttestedFleet fleet) : IClassFixture<AttestedFleet>
{
    [Theory]
    [InlineData(SpdmVersion.V10)]
    [InlineData(SpdmVersion.V11)]
    [InlineData(SpdmVersion.V12)]
    [InlineData(SpdmVersion.V13)]
    [InlineData(SpdmVersion.V14)]
    public async Task Run_OverAMailbox_IsTrustedAndQuietAndLeavesNoHold(SpdmVersion version)
    {
        fleet.Set(ResponderFault.None);
        AttestationPlan plan = AttestedFleet.Plan(version) with { PortionSize = 4080 };

        AttestationRun run = await fleet.RunAsync(plan);
        AppraisalResult result = fleet.Appraise(plan, run);

        Assert.Equal(EvidenceEnd.Complete, run.End);
        Assert.True(run.Quiet);
        Assert.Equal(fleet.Mailbox.Offset, run.Mailbox);
        // Below 1.2 a device gives less than what was recorded in 1.3: no SVN, no device mode.
        Assert.True(
            version >= SpdmVersion.V13 ? result.Verdict == AppraisalVerdict.Trusted : result[AppraisalCheck.Transcript].Outcome == CheckOutcome.Pass,
            string.Join('\n', result.Checks));
        Assert.Empty(fleet.Broker.Holds());
    }

    [Theory]
    [InlineData(nameof(ResponderFault.Tampered), AppraisalCheck.Measurements)]
    [InlineData(nameof(ResponderFault.SvnRollback), AppraisalCheck.Measurements)]
    [InlineData(nameof(ResponderFault.Debug), AppraisalCheck.DeviceMode)]
    [InlineData(nameof(ResponderFault.ContentChanged), AppraisalCheck.Freshness)]
    [InlineData(nameof(ResponderFault.WrongSummary), AppraisalCheck.Freshness)]
    [InlineData(nameof(ResponderFault.StaleNonce), AppraisalCheck.Transcript)]
    [InlineData(nameof(ResponderFault.BadSignature), AppraisalCheck.Transcript)]
    [InlineData(nameof(ResponderFault.ForeignKey), AppraisalCheck.Transcript)]
    [InlineData(nameof(ResponderFault.TruncatedChain), AppraisalCheck.Chain)]
    [InlineData(nameof(ResponderFault.Unsigned), AppraisalCheck.Capabilities)]
    [InlineData(nameof(ResponderFault.SwappedSlot), AppraisalCheck.Lengths)]
    [InlineData(nameof(ResponderFault.ForeignAlgorithm), AppraisalCheck.Algorithms)]
    [InlineData(nameof(ResponderFault.EndlessPortions), AppraisalCheck.Lengths)]
    [InlineData(nameof(ResponderFault.EmptyPortions), AppraisalCheck.Lengths)]
    public async Task Run_AgainstADeviceThatMisbehaves_FailsByName(string fault, AppraisalCheck check)
    {
        fleet.Set(Enum.Parse<ResponderFault>(fault));
        AttestationPlan plan = AttestedFleet.Plan();

        AppraisalResult result = fleet.Appraise(plan, await fleet.RunAsync(plan));

        Assert.Equal(AppraisalVerdict.Failed, result.Verdict);
        Assert.True(result[check].Outcome == CheckOutcome.Fail, string.Join('\n', result.Checks));
    }

    [Theory]
    [InlineData(nameof(ResponderFault.BusyForever), EvidenceEnd.Budget, AppraisalCheck.Waiting)]
    [InlineData(nameof(ResponderFault.ResponseTooLarge), EvidenceEnd.Refused, AppraisalCheck.Errors)]
    public async Task Run_AgainstADeviceThatDoesNotAnswer_EndsByItselfAndIsUnknown(string fault, EvidenceEnd end, AppraisalCheck check)
    {
        fleet.Set(Enum.Parse<ResponderFault>(fault));
        AttestationPlan plan = AttestedFleet.Plan() with { Budget = new() { BusyDelay = TimeSpan.FromMilliseconds(1) } };

        AttestationRun run = await fleet.RunAsync(plan);
        AppraisalResult result = fleet.Appraise(plan, run);

        Assert.Equal(end, run.End);
        Assert.Equal((AppraisalVerdict.Unknown, CheckOutcome.Unproven), (result.Verdict, result[check].Outcome));
    }

    [Theory]
    [InlineData(nameof(ResponderFault.Busy))]
    [InlineData(nameof(ResponderFault.NotReady))]
    [InlineData(nameof(ResponderFault.Resynch))]
    public async Task Run_AgainstADeviceThatOnlyDelays_IsTrusted(string fault)
    {
        fleet.Set(Enum.Parse<ResponderFault>(fault));
        AttestationPlan plan = AttestedFleet.Plan();

        Assert.Equal(AppraisalVerdict.Trusted, fleet.Appraise(plan, await fleet.RunAsync(plan)).Verdict);
    }

    [Fact]
    public async Task Run_MailboxThatNeverAnswers_EndsWithTheMailboxsOwnWords()
    {
        fleet.Set(ResponderFault.None);
        fleet.Host.Hardware.Find(AttestedFleet.Drive)!.SetFault(fleet.Mailbox, MailboxFault.NeverAnswers);
        try
        {
            AttestationRun run = await fleet.RunAsync(AttestedFleet.Plan());

            Assert.Equal(EvidenceEnd.Transport, run.End);
            Assert.Contains("Timeout", run.Detail, StringComparison.Ordinal);
            Assert.Single(run.Messages); // The request that nothing answered is evidence too.
        }
        finally
        {
            fleet.Host.Hardware.Find(AttestedFleet.Drive)!.SetFault(fleet.Mailbox, MailboxFault.None);
        }
    }

    [Fact]
    public async Task Run_WhileASensorSeesAWriteAroundTheBroker_IsNotQuiet()
    {
        fleet.Set(ResponderFault.None);
        using MailboxSpdmTransport transport = await MailboxSpdmTransport.OpenAsync(
            fleet.Broker, AttestedFleet.Drive, fleet.Mailbox.Offset, AttestedFleet.Self, "a test", TestContext.Current.CancellationToken);
        Assert.Null(transport.Disturbance);

        fleet.Broker.Bypassed(new BypassAccess(
            TimeProvider.System.GetUtcNow(), "kprobe", AttestedFleet.Drive, AccessOperation.Write, fleet.Mailbox.Offset + DoeRegisters.WriteData, 4, AttestedFleet.Self));

        Assert.Contains(AttestedFleet.Self.Comm, transport.Disturbance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_AfterTheHoldWasTakenAway_SaysNothingMoreIntoTheConversation()
    {
        fleet.Set(ResponderFault.None);
        using MailboxSpdmTransport transport = await MailboxSpdmTransport.OpenAsync(
            fleet.Broker, AttestedFleet.Drive, fleet.Mailbox.Offset, AttestedFleet.Self, "a test", TestContext.Current.CancellationToken);
        Assert.True(fleet.Broker.EndHold(fleet.Broker.Holds()[0].Id, AttestedFleet.Self).Succeeded);

        SpdmTransportException refused = await Assert.ThrowsAsync<SpdmTransportException>(
            () => transport.ExchangeAsync(new byte[] { 0x10, 0x84, 0, 0 }, false, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));

        Assert.Contains("hold", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_AtTheSameDeviceAtOnce_EachHasItsWholeConversation()
    {
        fleet.Set(ResponderFault.None);
        AttestationPlan[] plans = [.. Enumerable.Range(0, 4).Select(_ => AttestedFleet.Plan())];

        AttestationRun[] runs = await Task.WhenAll(plans.Select(plan => fleet.RunAsync(plan)));

        Assert.All(plans.Zip(runs), pair => Assert.Equal(AppraisalVerdict.Trusted, fleet.Appraise(pair.First, pair.Second).Verdict));
    }

    [Fact]
    public async Task Run_WhereThereIsNoMailbox_SaysSo()
    {
        AttestationRun run = await fleet.RunAsync(AttestedFleet.Plan(), 0x7f0);

        Assert.Equal(EvidenceEnd.Unsupported, run.End);
        Assert.Contains("no mailbox at 0x7f0", run.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_AfterARestartOfTheSimulator_IsTheSame()
    {
        using HardwareDirectory directory = new();
        List<byte[]> chains = [];
        for (int i = 0; i < 2; i++)
        {
            await using SimulatedFleet again = await AttestedFleet.StartAsync(directory.Path);
            using MailboxProvider provider = new(again.Hosts[0].Agent.Broker, TimeProvider.System);
            AttestationPlan plan = AttestedFleet.Plan();
            AttestationRun run = await provider.RunAsync(
                new(plan, AttestedFleet.Drive, AttestedFleet.Self, "a test", Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
            chains.Add(Fleet.Spdm.Evidence.Conversation.Rebuild(run.Evidence).ChainBlobs[0].ToArray());
        }

        Assert.Equal(chains[0], chains[1]);
    }

    [Fact]
    public void Faults_OfResponders_AllHaveANameAndAnExplanation()
    {
        ResponderFault[] faults = [.. Enum.GetValues<ResponderFault>().Where(fault => fault != ResponderFault.None)];

        Assert.Equal(faults.Select(SpdmFaultCatalog.NameOf).Order(StringComparer.Ordinal), SpdmFaultCatalog.All.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.All(faults, fault => Assert.True(SpdmFaultCatalog.TryFind(SpdmFaultCatalog.NameOf(fault), out ResponderFault found) && found == fault));
        Assert.False(SpdmFaultCatalog.TryFind("spdm-none", out _));
        Assert.False(SpdmFaultCatalog.TryFind("tampered", out _));
    }
}
