using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Tests;

public sealed class ReplayTests
{
    [Fact]
    public void Rebuild_EveryRecording_GivesTheRecordedHashesAndSignaturesVerify()
    {
        foreach (Recording recording in Recording.All())
        {
            Conversation conversation = Conversation.Rebuild(recording.Messages, recording.Agreements);
            Assert.True(conversation.Fault is null, $"{recording.Name}: {conversation.Fault}");
            Assert.Equal(recording.Golden.GetProperty("vca").GetString(), Hex(conversation.Vca.Span));
            Check(recording, conversation, "challenge", "m1m2_hash", SpdmSignature.ChallengeContext);
            Check(recording, conversation, "measurements", "l1l2_hash", SpdmSignature.MeasurementsContext);
            Check(recording, conversation, "key_exchange", "th_sig_hash", SpdmSignature.KeyExchangeContext);
        }
    }

    [Fact]
    public void Rebuild_EveryRecording_GivesTheRecordedChains()
    {
        foreach (Recording recording in Recording.All())
        {
            Conversation conversation = Conversation.Rebuild(recording.Messages, recording.Agreements);
            foreach (JsonProperty slot in recording.Golden.GetProperty("cert_chains").EnumerateObject())
            {
                byte number = byte.Parse(slot.Name, System.Globalization.CultureInfo.InvariantCulture);
                ReadOnlyMemory<byte> blob = conversation.ChainBlobs[number];
                Assert.Equal(slot.Value.GetProperty("chain_blob").GetString(), Hex(blob.Span));
                Assert.Equal(slot.Value.GetProperty("chain_digest").GetString(), Hex(conversation.Digests!.Digest(number).Span));
                Assert.True(CertificateChain.TryParse(blob, conversation.Negotiated!.Version, conversation.Negotiated.HashSize, out CertificateChain? chain));
                Assert.Equal(slot.Value.GetProperty("certs").EnumerateArray().Select(cert => cert.GetString()), chain.Certificates.Select(cert => Hex(cert.Span)));
            }
        }
    }

    [Fact]
    public void Rebuild_AByteOfL1OrEverySeventhOfM1Flipped_IsRefused()
    {
        foreach (Recording recording in Recording.All().Where(recording => recording.Name.Contains("p256-attest-digest", StringComparison.Ordinal)))
        {
            Conversation good = Conversation.Rebuild(recording.Messages, recording.Agreements);
            foreach (SignedTranscript signed in good.SignedTranscripts)
            {
                using X509Certificate2 leaf = Leaf(good, signed.Slot);
                byte[] bytes = signed.Transcript.ToArray();
                for (int i = 0; i < bytes.Length; i += signed.Challenge is null ? 1 : 7)
                {
                    bytes[i] ^= 1;
                    Assert.False(SpdmSignature.Verify(leaf, good.Negotiated!, signed.Context, bytes, signed.Signature.Span));
                    bytes[i] ^= 1;
                }
            }
        }
    }

    [Fact]
    public void Rebuild_TruncatedOrSpoiltMessages_NeverThrows()
    {
        Random random = new(4);
        foreach (Recording recording in Recording.All())
        {
            for (int round = 0; round < 200; round++)
            {
                List<RawMessage> spoilt = [.. recording.Messages];
                int at = random.Next(spoilt.Count);
                byte[] bytes = spoilt[at].Bytes.ToArray();
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                spoilt[at] = spoilt[at] with { Bytes = bytes.AsMemory(0, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length)) };
                Conversation.Rebuild(spoilt, recording.Agreements);
            }
        }
    }

    private static void Check(Recording recording, Conversation conversation, string kind, string hashName, string context)
    {
        List<SignedTranscript> rebuilt = [.. conversation.SignedTranscripts.Where(signed => signed.Context == context)];
        List<JsonElement> recorded = recording.Golden.TryGetProperty(kind, out JsonElement list)
            ? [.. list.EnumerateArray().Where(item => item.TryGetProperty("signature", out JsonElement value) && value.GetString() is { Length: > 0 })]
            : [];
        if (recording.Agreements.Count > 0 && kind == "measurements")
        {
            // What was measured within sessions is not listed beside the recording, but signed all the same.
            Assert.Equal(recording.Agreements.Count, rebuilt.Count);
            Assert.All(rebuilt, signed => Assert.True(Signatures.Verify(conversation, signed), recording.Name));
            return;
        }

        Assert.True(recorded.Count == rebuilt.Count, $"{recording.Name}: {rebuilt.Count} signed transcripts of {kind}, recorded {recorded.Count}.");
        foreach ((SignedTranscript signed, JsonElement item) in rebuilt.Zip(recorded))
        {
            Assert.Equal(item.GetProperty(hashName).GetString(), Hex(SpdmAlgorithms.Hash(conversation.Negotiated!.Selection.BaseHash, signed.Transcript.Span)));
            using X509Certificate2 leaf = Leaf(conversation, signed.Slot);
            Assert.True(SpdmSignature.Verify(leaf, conversation.Negotiated, context, signed.Transcript.Span, signed.Signature.Span), recording.Name);
        }
    }

    private static X509Certificate2 Leaf(Conversation conversation, byte slot)
    {
        Negotiated negotiated = conversation.Negotiated!;
        Assert.True(CertificateChain.TryParse(conversation.ChainBlobs[slot], negotiated.Version, negotiated.HashSize, out CertificateChain? chain));
        return X509CertificateLoader.LoadCertificate(chain.Certificates[^1].Span);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
