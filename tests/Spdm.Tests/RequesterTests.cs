using System.Collections.Immutable;
using Fleet.Simulator.Spdm;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests;

public sealed class RequesterTests
{
    [Theory]
    [InlineData(nameof(ResponderFault.Busy))]
    [InlineData(nameof(ResponderFault.NotReady))]
    [InlineData(nameof(ResponderFault.Resynch))]
    public void Requester_DelayedOnce_EndsWell(string fault)
    {
        Dialogue dialogue = Dialogue.Run(Standard(), Dialogue.Options(0x10, Enum.Parse<ResponderFault>(fault)));

        Assert.Null(dialogue.End.Failure);
        Assert.Null(Conversation.Rebuild(dialogue.Messages).Fault);
    }

    [Fact]
    public void Requester_AfterBusy_SendsTheSameBytes()
    {
        Dialogue dialogue = Dialogue.Run(Standard(), Dialogue.Options(0x10, ResponderFault.Busy));

        List<int> busy = [.. Enumerable.Range(0, dialogue.Messages.Count).Where(i => dialogue.Messages[i].Bytes.Span[1] == 0x7F)];
        Assert.Equal(4, busy.Count);
        Assert.All(busy, i => Assert.Equal(dialogue.Messages[i - 1].Bytes.ToArray(), dialogue.Messages[i + 1].Bytes.ToArray()));
    }

    [Theory]
    [InlineData(nameof(ResponderFault.BusyForever), RequesterFailure.Budget)]
    [InlineData(nameof(ResponderFault.WrongVersion), RequesterFailure.Malformed)]
    [InlineData(nameof(ResponderFault.ResponseTooLarge), RequesterFailure.Refused)]
    [InlineData(nameof(ResponderFault.EndlessPortions), RequesterFailure.Malformed)]
    [InlineData(nameof(ResponderFault.EmptyPortions), RequesterFailure.Malformed)]
    [InlineData(nameof(ResponderFault.SwappedSlot), RequesterFailure.Malformed)]
    [InlineData(nameof(ResponderFault.ForeignAlgorithm), RequesterFailure.Malformed)]
    [InlineData(nameof(ResponderFault.Unsigned), RequesterFailure.PlanMismatch)]
    public void Requester_ResponderThatMisbehaves_EndsWithItsReason(string fault, RequesterFailure failure)
    {
        AttestationPlan plan = Standard() with { PortionSize = 256 };

        Dialogue dialogue = Dialogue.Run(plan, Dialogue.Options(0x10, Enum.Parse<ResponderFault>(fault)));

        Assert.Equal(failure, dialogue.End.Failure);
        Assert.NotEmpty(dialogue.End.Detail);
    }

    [Fact]
    public void Requester_NoCommonVersion_AsksForAnotherPlan()
    {
        Dialogue dialogue = Dialogue.Run(Standard(SpdmVersion.V14), Dialogue.Options() with { Versions = [SpdmVersion.V11, SpdmVersion.V12] });

        Assert.Equal(RequesterFailure.PlanMismatch, dialogue.End.Failure);
        Assert.Equal(2, dialogue.Messages.Count);
    }

    [Fact]
    public void Requester_SeveralCommonVersions_TakesTheBest()
    {
        Dialogue dialogue = Dialogue.Run(Standard(), Dialogue.Options() with { Versions = [SpdmVersion.V13, SpdmVersion.V11, SpdmVersion.V12] });

        Assert.Equal(SpdmVersion.V13, dialogue.Requester.Negotiated!.Version);
    }

    [Theory]
    [InlineData(SpdmVersion.V12)]
    [InlineData(SpdmVersion.V13)]
    [InlineData(SpdmVersion.V14)]
    public void Requester_SmallTransfers_FetchesByChunks(SpdmVersion version)
    {
        AttestationPlan plan = Standard(version) with { Negotiations = [AttestationPlan.Negotiate(version, transferSize: 64, maxMessageSize: 0x10000)] };

        Dialogue dialogue = Dialogue.Run(plan, Dialogue.Options());

        Assert.Null(dialogue.End.Failure);
        Assert.Contains(dialogue.Messages, message => message.Bytes.Span[1] == (byte)SpdmCode.ChunkGet);
        Conversation conversation = Conversation.Rebuild(dialogue.Messages);
        Assert.Null(conversation.Fault);
        Assert.Equal(2, conversation.SignedTranscripts.Length);
    }

    [Fact]
    public void Requester_HandleThatChanges_IsMalformed()
    {
        AttestationPlan plan = Standard() with { Negotiations = [AttestationPlan.Negotiate(SpdmVersion.V13, transferSize: 64, maxMessageSize: 0x10000)] };

        Assert.Equal(RequesterFailure.Malformed, Dialogue.Run(plan, Dialogue.Options(0x10, ResponderFault.ChunkHandle)).End.Failure);
    }

    [Theory]
    [InlineData(SpdmVersion.V11)]
    [InlineData(SpdmVersion.V12)]
    [InlineData(SpdmVersion.V14)]
    public void Requester_EachMeasurement_IsOneSignedTranscript(SpdmVersion version)
    {
        NonceSource nonces = Dialogue.Nonces();
        AttestationPlan plan = Standard(version) with
        {
            Steps = [new(PlanAction.Digests), new(PlanAction.Certificates), new(PlanAction.EachMeasurement) { Nonce = nonces.Nonce(), Context = nonces.Context() }],
        };
        ResponderOptions options = Dialogue.Options();

        Dialogue dialogue = Dialogue.Run(plan, version < SpdmVersion.V12 ? options with { Measurements = [.. options.Measurements.Where(m => m.Index < 5)] } : options);

        Assert.Null(dialogue.End.Failure);
        SignedTranscript signed = Assert.Single(Conversation.Rebuild(dialogue.Messages).SignedTranscripts);
        Assert.True(Signatures.Verify(Conversation.Rebuild(dialogue.Messages), signed));
    }

    [Fact]
    public void Requester_LargeChainsAndLog_AreReadByPortions()
    {
        NonceSource nonces = Dialogue.Nonces();
        AttestationPlan plan = Standard(SpdmVersion.V14) with
        {
            Negotiations = [AttestationPlan.Negotiate(SpdmVersion.V14, log: true)],
            PortionSize = 33,
            LargeChains = true,
            Steps =
            [
                new(PlanAction.Digests),
                new(PlanAction.Certificates) { Slot = 1 },
                new(PlanAction.MeasurementLog),
                new(PlanAction.Measurements) { Slot = 1, Attributes = 1, Operation = 0xFF, Nonce = nonces.Nonce(), Context = nonces.Context() },
            ],
        };

        Dialogue dialogue = Dialogue.Run(plan, Dialogue.Options() with { Flags = ResponderOptions.DefaultFlags | 0x8000_0000 });

        Assert.Null(dialogue.End.Failure);
        Conversation conversation = Conversation.Rebuild(dialogue.Messages);
        Assert.Null(conversation.Fault);
        Assert.True(MeasurementLog.TryParse(conversation.LogBlob, out MeasurementLog? log));
        Assert.Equal(log.Extend(0x11, 1), conversation.Measurements[^1].Blocks.Single(block => block.Index == 0x11).Value.ToArray());
        Assert.True(Signatures.Verify(conversation, Assert.Single(conversation.SignedTranscripts)));
    }

    [Theory]
    [InlineData(1u << 26)]
    [InlineData(2u << 26)]
    public void Requester_SeveralKeys_ReadsTheKeyTables(uint multiKey)
    {
        AttestationPlan plan = Standard(SpdmVersion.V13);
        PlanNegotiation usual = AttestationPlan.Negotiate(SpdmVersion.V13);
        byte[] offer = [.. usual.Algorithms.Span];
        offer[7] |= 0x10;

        Dialogue dialogue = Dialogue.Run(
            plan with { Negotiations = [usual with { Algorithms = offer }] }, Dialogue.Options() with { Flags = ResponderOptions.DefaultFlags | multiKey | (1u << 28) });

        Assert.Null(dialogue.End.Failure);
        Conversation conversation = Conversation.Rebuild(dialogue.Messages);
        Assert.Equal<ushort>([7, 7], conversation.Digests!.KeyUsages);
        Assert.All(conversation.SignedTranscripts, signed => Assert.True(Signatures.Verify(conversation, signed)));
    }

    [Fact]
    public void Requester_RawMeasurementsAndOpaqueData_AreTaken()
    {
        AttestationPlan plan = Standard(SpdmVersion.V13);
        ImmutableArray<PlanStep> steps = [.. plan.Steps.Select(step => step.Action == PlanAction.Measurements ? step with { Attributes = 3 } : step)];
        byte[] opaque = [1, 0, 0, 0, 3, 0, 2, 0, 0xAA, 0xBB, 0, 0];

        Dialogue dialogue = Dialogue.Run(plan with { Steps = steps }, Dialogue.Options() with { Opaque = opaque });

        Conversation conversation = Conversation.Rebuild(dialogue.Messages);
        Assert.True(conversation.Measurements[^1].Blocks[0].IsRaw);
        Assert.Equal(opaque, conversation.Measurements[^1].Opaque.ToArray());
        Assert.All(conversation.SignedTranscripts, signed => Assert.True(Signatures.Verify(conversation, signed)));
    }

    [Fact]
    public void Take_AfterTheEnd_IsABugOfTheCaller()
    {
        Dialogue dialogue = Dialogue.Run(Standard(), Dialogue.Options());

        Assert.Throws<InvalidOperationException>(() => dialogue.Requester.Take(new byte[4]));
    }

    private static AttestationPlan Standard(params SpdmVersion[] versions) => AttestationPlan.Standard(Dialogue.Nonces(), 0, versions);
}
