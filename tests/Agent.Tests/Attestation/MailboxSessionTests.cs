using System.Security.Cryptography;
using Fleet.Agent.Attestation;
using Fleet.Agent.Linux;
using Fleet.Agent.Tests.Local;
using Fleet.Contracts;
using Fleet.Pci;
using Fleet.Spdm;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;
using Fleet.Spdm.Sessions;

namespace Fleet.Agent.Tests.Attestation;

/// <summary>Measurements within a secured session: two features of one mailbox, under one hold.</summary>
public sealed class MailboxSessionTests(SimulatedAgent agent) : IClassFixture<SimulatedAgent>
{
    private const ushort EcdhP521 = 0x20; // What the simulated responder selects of those offered.

    [Fact]
    public async Task Run_WithASession_ReadsMeasurementsWithinIt()
    {
        NonceSource nonces = new(RandomNumberGenerator.Create());
        AttestationPlan plan = AttestationPlan.Standard(nonces, 0, SpdmVersion.V13);
        using EcdhAgreement agreement = new(EcdhP521);
        plan = plan with
        {
            Negotiations = [AttestationPlan.Negotiate(SpdmVersion.V13, sessions: true)],
            Steps = [plan.Steps[0], plan.Steps[1], new(PlanAction.Session) { Summary = 0xFF, Nonce = nonces.Nonce(), Agreement = agreement }, plan.Steps[3], new(PlanAction.EndSession)],
        };

        AttestationRun run = await agent.Host.Evidence.RunAsync(
            new(plan, PciAddress.Parse(agent.Expander), CallerReader.Read(Environment.ProcessId, 0, out _), "a test", Timeout.InfiniteTimeSpan),
            TestContext.Current.CancellationToken);

        Assert.True(run.End is EvidenceEnd.Complete, run.Detail);
        Assert.Contains(run.Messages, message => message.Secured);
        Conversation conversation = Conversation.Rebuild(run.Evidence, plan.Agreements);
        Assert.Null(conversation.Fault);
        Assert.Equal([SpdmSignature.KeyExchangeContext, SpdmSignature.MeasurementsContext], conversation.SignedTranscripts.Select(signed => signed.Context));
        Assert.Empty(agent.Host.Broker.Holds());
    }
}
