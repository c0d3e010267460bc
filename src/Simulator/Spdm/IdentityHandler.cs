using System.Security.Cryptography;
using Fleet.Spdm;
using Fleet.Spdm.Messages;

namespace Fleet.Simulator.Spdm;

/// <summary>GET_DIGESTS, GET_CERTIFICATE and CHALLENGE.</summary>
internal sealed class IdentityHandler(ResponderOptions options, MeasurementHandler measurements)
{
    private const uint CertificateFlag = 1u << 1;
    private const uint ChallengeFlag = 1u << 2;
    private const uint LargeFlag = 1u << 31;
    private const ushort AllUses = 0x0007;

    public byte[] Digests(Connection connection, ReadOnlyMemory<byte> request)
    {
        Need(connection, CertificateFlag, SpdmCode.GetDigests);
        ReadOnlyMemory<byte> exact = SpdmResponder.Exact(request, 4);
        Negotiated negotiated = connection.Negotiated!;
        byte mask = Mask(connection);
        ResponseBuilder builder = new(connection.Version, SpdmCode.Digests, connection.Version >= SpdmVersion.V13 ? mask : (byte)0, mask);
        foreach (SlotCredential credential in connection.Slots)
        {
            builder.Bytes(SpdmAlgorithms.Hash(negotiated.Selection.BaseHash, Chain(connection, credential)));
        }

        if (negotiated.MultiKey)
        {
            foreach (SlotCredential credential in connection.Slots)
            {
                builder.Byte((byte)(credential.Slot + 1));
            }

            foreach (SlotCredential credential in connection.Slots)
            {
                builder.Byte(credential.Model);
            }

            foreach (SlotCredential _ in connection.Slots)
            {
                builder.UInt16(AllUses);
            }
        }

        byte[] answer = builder.ToArray();
        connection.B = [.. exact.Span, .. answer];
        connection.FirstDigests = connection.FirstDigests.Length == 0 ? answer : connection.FirstDigests;
        return answer;
    }

    public byte[] Certificate(Connection connection, ReadOnlyMemory<byte> request)
    {
        Need(connection, CertificateFlag, SpdmCode.GetCertificate);
        Refused.Unless(CertificateRequest.TryParse(request, connection.Version, out CertificateRequest? asked, out ReadOnlyMemory<byte> exact));
        SlotCredential? credential = connection.Slot(asked!.Slot);
        Refused.Unless(credential is not null && (!asked.Large || (options.FlagsOf(connection.Version) & LargeFlag) != 0));
        byte[] chain = Chain(connection, credential!);
        bool sizeOnly = connection.Version >= SpdmVersion.V13 && (asked.Param2 & 1) != 0;
        Refused.Unless(sizeOnly || (asked.Offset < chain.Length && asked.Length > 0));

        int offset = sizeOnly ? 0 : (int)asked.Offset;
        long room = connection.Negotiated!.Chunking || connection.Version < SpdmVersion.V12
            ? long.MaxValue
            : Math.Min(connection.Requester!.DataTransferSize, options.DataTransferSize) - (asked.Large ? 16 : 8);
        int portion = sizeOnly ? 0 : (int)Math.Min(Math.Min(asked.Length, room), chain.Length - offset);
        int remainder = chain.Length - offset - portion;
        if (options.Faults.Contains(ResponderFault.EmptyPortions))
        {
            (portion, remainder) = (0, chain.Length - offset);
        }

        remainder = options.Faults.Contains(ResponderFault.EndlessPortions) ? 1000 : remainder;
        byte model = connection.Negotiated.MultiKey ? credential!.Model : (byte)0;
        ResponseBuilder builder = new(connection.Version, SpdmCode.Certificate, (byte)(asked.Slot | (asked.Large ? 0x80 : 0)), model);
        _ = asked.Large ? builder.UInt16(0).UInt16(0).UInt32((uint)portion).UInt32((uint)remainder) : builder.UInt16(portion).UInt16(remainder);
        byte[] answer = builder.Bytes(chain.AsSpan(offset, portion)).ToArray();
        connection.B.AddRange(exact.Span);
        connection.B.AddRange(answer);
        return answer;
    }

    public byte[] Challenge(Connection connection, ReadOnlyMemory<byte> request)
    {
        Need(connection, ChallengeFlag, SpdmCode.Challenge);
        Refused.Unless(ChallengeRequest.TryParse(request, connection.Version, out ChallengeRequest? asked, out ReadOnlyMemory<byte> exact));
        SlotCredential? credential = connection.Slot(asked!.Slot);
        Refused.Unless(credential is not null && asked.Summary is 0 or 1 or 0xFF);
        Negotiated negotiated = connection.Negotiated!;
        uint hash = negotiated.Selection.BaseHash;
        byte slot = options.Faults.Contains(ResponderFault.SwappedSlot) ? (byte)(asked.Slot ^ 1) : asked.Slot;
        ResponseBuilder builder = new ResponseBuilder(connection.Version, SpdmCode.ChallengeAuth, slot, Mask(connection))
            .Bytes(SpdmAlgorithms.Hash(hash, Chain(connection, credential!)))
            .Bytes(RandomNumberGenerator.GetBytes(32));
        if (asked.Summary != 0 && negotiated.MeasurementCapability != 0)
        {
            builder.Bytes(measurements.Summary(connection, asked.Summary));
        }

        ReadOnlySpan<byte> opaque = measurements.Opaque(connection);
        builder.UInt16(opaque.Length).Bytes(opaque).Bytes(asked.Context.Span);
        byte[] covered = builder.ToArray();
        byte[] said = options.Faults.Contains(ResponderFault.StaleNonce) ? MeasurementHandler.Stale(exact) : exact.ToArray();
        byte[] signature = measurements.Sign(connection, credential!, SpdmSignature.ChallengeContext, [.. connection.A, .. connection.B, .. said, .. covered]);
        connection.B = [];
        connection.Challenged = true;
        return [.. covered, .. signature];
    }

    private byte[] Chain(Connection connection, SlotCredential credential)
    {
        byte[] chain = credential.Chain(connection.Version, connection.Negotiated!.Selection.BaseHash);
        return options.Faults.Contains(ResponderFault.TruncatedChain) ? chain[..^40] : chain;
    }

    private static byte Mask(Connection connection) => (byte)connection.Slots.Aggregate(0, (mask, credential) => mask | (1 << credential.Slot));

    private void Need(Connection connection, uint flag, SpdmCode code)
    {
        if ((options.FlagsOf(connection.Version) & flag) == 0)
        {
            throw new Refused(ErrorCodes.UnsupportedRequest, (byte)code);
        }
    }
}
