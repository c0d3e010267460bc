using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Spdm.Evidence;

namespace Fleet.Spdm.Tests;

internal static class Signatures
{
    /// <summary>Whether the leaf of the transcript's slot, as it came in the conversation, signed it.</summary>
    public static bool Verify(Conversation conversation, SignedTranscript signed)
    {
        Negotiated negotiated = conversation.Negotiated!;
        if (!conversation.ChainBlobs.TryGetValue(signed.Slot, out ReadOnlyMemory<byte> blob)
            || !CertificateChain.TryParse(blob, negotiated.Version, negotiated.HashSize, out CertificateChain? chain))
        {
            return false;
        }

        try
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(chain.Certificates[^1].Span);
            return SpdmSignature.Verify(leaf, negotiated, signed.Context, signed.Transcript.Span, signed.Signature.Span);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
