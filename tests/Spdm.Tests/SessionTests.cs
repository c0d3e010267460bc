using Fleet.Spdm.Appraisal;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;
using Fleet.Spdm.Sessions;

namespace Fleet.Spdm.Tests;

/// <summary>Measurements within a secured session.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData(SpdmVersion.V11, 0x10, 0x20)]
    [InlineData(SpdmVersion.V12, 0x10, 0x20)]
    [InlineData(SpdmVersion.V13, 0x80, 0x20)]
    [InlineData(SpdmVersion.V14, 0x0C, 0x20)]
    public void Session_MeasurementsWithin_AreRebuiltAndVerify(SpdmVersion version, uint asym, ushort group)
    {
        AttestationPlan plan = Plan(version, group);

        Dialogue dialogue = Dialogue.Run(plan, Dialogue.Options(asym) with { Sessions = true });

        Assert.True(dialogue.End.Failure is null, dialogue.End.Detail);
        Conversation conversation = Conversation.Rebuild(dialogue.Messages, plan.Agreements);
        Assert.Null(conversation.Fault);
        Assert.Equal([SpdmSignature.KeyExchangeContext, SpdmSignature.MeasurementsContext], conversation.SignedTranscripts.Select(signed => signed.Context));
        Assert.All(conversation.SignedTranscripts, signed => Assert.True(Signatures.Verify(conversation, signed)));
    }

    [Fact]
    public void Session_GoodEvidence_IsTrusted()
    {
        AttestationPlan plan = Plan(SpdmVersion.V13, 0x20);

        AppraisalResult result = Appraisal.Evidence.Appraise(Appraisal.Evidence.Of(plan, Dialogue.Options() with { Sessions = true }));

        Assert.True(result.Verdict == AppraisalVerdict.Trusted, string.Join('\n', result.Checks));
    }

    [Fact]
    public void Session_AnyByteFlipped_IsNotRebuilt()
    {
        AttestationPlan plan = Plan(SpdmVersion.V13, 0x20);
        Dialogue dialogue = Dialogue.Run(plan, Dialogue.Options() with { Sessions = true });
        int first = dialogue.Messages.FindIndex(message => message.Bytes.Span[1] == (byte)SpdmCode.KeyExchange);
        for (int at = first; at < dialogue.Messages.Count; at++)
        {
            byte[] bytes = dialogue.Messages[at].Bytes.ToArray();
            RawMessage[] flipped = [.. dialogue.Messages];
            flipped[at] = flipped[at] with { Bytes = bytes };
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 1;
                Conversation conversation = Conversation.Rebuild(flipped, plan.Agreements);
                Assert.False(conversation.Fault is null && conversation.SignedTranscripts.All(signed => Signatures.Verify(conversation, signed)), $"Byte {i} of message {at} flipped.");
                bytes[i] ^= 1;
            }
        }
    }

    [Fact]
    public void Session_WithoutTheAgreement_CannotBeRead()
    {
        AttestationPlan plan = Plan(SpdmVersion.V13, 0x20);
        Dialogue dialogue = Dialogue.Run(plan, Dialogue.Options() with { Sessions = true });

        Assert.NotNull(Conversation.Rebuild(dialogue.Messages).Fault);
    }

    [Fact]
    public void Session_ResponderOrGroupThatDoesNotFit_AsksForAnotherPlan()
    {
        Assert.Equal(RequesterFailure.PlanMismatch, Dialogue.Run(Plan(SpdmVersion.V13, 0x20), Dialogue.Options()).End.Failure);
        Assert.Equal(RequesterFailure.PlanMismatch, Dialogue.Run(Plan(SpdmVersion.V13, 8), Dialogue.Options() with { Sessions = true }).End.Failure);
    }

    [Fact]
    public void Secret_OfDataThatIsNoPoint_IsNone()
    {
        using EcdhAgreement agreement = new(8);

        Assert.Null(agreement.Secret(new byte[64]));
        Assert.Null(agreement.Secret(new byte[63]));
    }

    // The responder selects the best group it knows of those offered: P-521.
    private static AttestationPlan Plan(SpdmVersion version, ushort group)
    {
        AttestationPlan plan = AttestationPlan.Standard(Dialogue.Nonces(), 0, version);
        return plan with
        {
            Negotiations = [AttestationPlan.Negotiate(version, sessions: true)],
            Steps =
            [
                plan.Steps[0],
                plan.Steps[1],
                new(PlanAction.Session) { Summary = 0xFF, Nonce = Dialogue.Nonces().Nonce(), Agreement = new EcdhAgreement(group) },
                plan.Steps[3],
                new(PlanAction.EndSession),
            ],
        };
    }
}
