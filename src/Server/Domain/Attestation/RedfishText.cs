using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Fleet.Contracts;
using Fleet.Spdm;
using Fleet.Spdm.Evidence;
using Fleet.Spdm.Messages;

namespace Fleet.Server.Domain.Attestation;

/// <summary>Measurements in the shape of Redfish: ours written so, others' read for their values.</summary>
internal static class RedfishText
{
    private const int MaxBytes = 256 * 1024;

    /// <returns>Null where the evidence holds no signed measurements.</returns>
    public static RedfishMeasurements? Write(IReadOnlyList<RawMessage> messages)
    {
        Conversation conversation = Conversation.Rebuild(messages);
        SignedTranscript? signed = conversation.SignedTranscripts.LastOrDefault(one => one.Measurements is not null);
        if (signed is null || conversation.Negotiated is not { } negotiated)
        {
            return null;
        }

        string? chain = conversation.ChainBlobs.TryGetValue(signed.Slot, out ReadOnlyMemory<byte> blob)
            && CertificateChain.TryParse(blob, negotiated.Version, negotiated.HashSize, out CertificateChain? parsed)
                ? string.Concat(parsed.Certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der.Span) + "\n"))
                : null;
        return new RedfishMeasurements
        {
            SignedMeasurements = Convert.ToBase64String([.. signed.Transcript.Span, .. signed.Signature.Span]),
            HashingAlgorithm = negotiated.Selection.BaseHash switch { 1 => "TPM_ALG_SHA_256", 2 => "TPM_ALG_SHA_384", 4 => "TPM_ALG_SHA_512", _ => null },
            SigningAlgorithm = Algorithm(negotiated.Selection.BaseAsym),
            Version = string.Create(CultureInfo.InvariantCulture, $"{ConversationText.Of(negotiated.Version)}.0"),
            CertificateString = chain,
        };
    }

    /// <summary>The measurements of a transcript. Its signature is not verified: who imports vouches for the values.</summary>
    public static ImmutableArray<MeasurementBlock>? Read(RedfishMeasurements snapshot, out string problem)
    {
        problem = "";
        byte[] bytes = new byte[Math.Min(snapshot.SignedMeasurements.Length, MaxBytes * 2)];
        if (snapshot.SignedMeasurements.Length > MaxBytes || !Convert.TryFromBase64String(snapshot.SignedMeasurements, bytes, out int length))
        {
            problem = $"SignedMeasurements is no base64 of at most {MaxBytes} characters.";
            return null;
        }

        if (Split(bytes.AsMemory(0, length)) is not { } messages)
        {
            problem = "SignedMeasurements is no transcript of SPDM 1.2 or later: GET_VERSION to ALGORITHMS, then one signed GET_MEASUREMENTS with its answer.";
            return null;
        }

        Conversation conversation = Conversation.Rebuild(messages);
        if (conversation.Fault is { } fault || conversation.Measurements is not [.., { Blocks.IsEmpty: false } last])
        {
            problem = $"The transcript holds no measurements. {conversation.Fault}".TrimEnd();
            return null;
        }

        return last.Blocks;
    }

    // The messages of a transcript follow each other without a mark; each says how long it is (DSP0274, sections of the messages).
    private static List<RawMessage>? Split(ReadOnlyMemory<byte> transcript)
    {
        List<RawMessage> messages = [];
        int at = 0;
        foreach (SpdmCode code in (SpdmCode[])
            [SpdmCode.GetVersion, SpdmCode.Version, SpdmCode.GetCapabilities, SpdmCode.Capabilities, SpdmCode.NegotiateAlgorithms, SpdmCode.Algorithms, SpdmCode.GetMeasurements])
        {
            ReadOnlySpan<byte> rest = transcript.Span[at..];
            if (rest.Length < 8 || rest[1] != (byte)code || Length(code, rest) is not { } length || length > rest.Length)
            {
                return null;
            }

            messages.Add(new RawMessage(messages.Count % 2 == 0, transcript.Slice(at, length)));
            at += length;
        }

        messages.Add(new RawMessage(false, transcript[at..]));
        return messages;
    }

    private static int? Length(SpdmCode code, ReadOnlySpan<byte> message) => (code, message[0]) switch
    {
        (SpdmCode.GetVersion, _) => 4,
        (SpdmCode.Version, _) => 6 + (2 * message[5]),
        (_, < (byte)SpdmVersion.V12) => null,
        (SpdmCode.GetCapabilities or SpdmCode.Capabilities, _) => 20,
        (SpdmCode.NegotiateAlgorithms or SpdmCode.Algorithms, _) => BinaryPrimitives.ReadUInt16LittleEndian(message[4..]),
        (_, (byte)SpdmVersion.V12) => 37,
        _ => 45,
    };

    private static string? Algorithm(uint bit) => bit switch
    {
        1 => "TPM_ALG_RSASSA_2048",
        2 => "TPM_ALG_RSAPSS_2048",
        4 => "TPM_ALG_RSASSA_3072",
        8 => "TPM_ALG_RSAPSS_3072",
        0x10 => "TPM_ALG_ECDSA_ECC_NIST_P256",
        0x20 => "TPM_ALG_RSASSA_4096",
        0x40 => "TPM_ALG_RSAPSS_4096",
        0x80 => "TPM_ALG_ECDSA_ECC_NIST_P384",
        0x100 => "TPM_ALG_ECDSA_ECC_NIST_P521",
        _ => null,
    };
}
