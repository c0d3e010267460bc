using Fleet.Spdm.Evidence;
using Fleet.Spdm.Requesting;

namespace Fleet.Spdm.Tests;

/// <summary>Every algorithm in every version, with keys made here, against a responder that shares no transcript code with the verifier.</summary>
public sealed class AlgorithmTests
{
    public static TheoryData<SpdmVersion, uint, uint> All()
    {
        TheoryData<SpdmVersion, uint, uint> data = [];
        foreach (SpdmVersion version in Enum.GetValues<SpdmVersion>())
        {
            for (uint asym = 1; asym <= 0x100; asym <<= 1)
            {
                for (uint hash = 1; hash <= 4; hash <<= 1)
                {
                    data.Add(version, asym, hash);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Attestation_WithEachAlgorithm_IsRebuiltAndItsSignaturesVerify(SpdmVersion version, uint asym, uint hash)
    {
        Dialogue dialogue = Run(version, asym, hash);

        Assert.Null(dialogue.End.Failure);
        Conversation conversation = Conversation.Rebuild(dialogue.Messages);
        Assert.Null(conversation.Fault);
        Assert.Equal((version, asym, hash), (conversation.Negotiated!.Version, conversation.Negotiated.Selection.BaseAsym, conversation.Negotiated.Selection.BaseHash));
        Assert.Equal(2, conversation.SignedTranscripts.Length);
        Assert.All(conversation.SignedTranscripts, signed => Assert.True(Signatures.Verify(conversation, signed)));
    }

    [Theory]
    [InlineData(SpdmVersion.V10, 0x10)]
    [InlineData(SpdmVersion.V11, 0x80)]
    [InlineData(SpdmVersion.V12, 0x10)]
    [InlineData(SpdmVersion.V13, 0x08)]
    [InlineData(SpdmVersion.V14, 0x100)]
    public void Attestation_AnyByteOfAnyMessageFlipped_NoLongerVerifies(SpdmVersion version, uint asym)
    {
        Dialogue dialogue = Run(version, asym, 2);
        for (int at = 0; at < dialogue.Messages.Count; at++)
        {
            byte[] bytes = dialogue.Messages[at].Bytes.ToArray();
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 0x01;
                List<RawMessage> flipped = [.. dialogue.Messages[..at], new(dialogue.Messages[at].IsRequest, bytes), .. dialogue.Messages[(at + 1)..]];
                Conversation conversation = Conversation.Rebuild(flipped);
                Assert.False(
                    conversation.Fault is null && conversation.SignedTranscripts.Length == 2 && conversation.SignedTranscripts.All(signed => Signatures.Verify(conversation, signed)),
                    $"Byte {i} of message {at} flipped, and all is well.");
                bytes[i] ^= 0x01;
            }
        }
    }

    private static Dialogue Run(SpdmVersion version, uint asym, uint hash)
    {
        AttestationPlan plan = AttestationPlan.Standard(Dialogue.Nonces(), 0, version) with { Negotiations = [AttestationPlan.Negotiate(version, asym, hash)] };
        uint kind = (asym & 0x6F) switch { 1 or 2 => 3u, 4 or 8 => 12u, 0x20 or 0x40 => 0x60u, _ => asym };
        return Dialogue.Run(plan, Dialogue.Options(kind));
    }
}
