using Fleet.Spdm;
using Fleet.Spdm.Messages;

namespace Fleet.Simulator.Spdm;

/// <summary>GET_CAPABILITIES and NEGOTIATE_ALGORITHMS. The same request again gets the same answer; another one is out of order.</summary>
internal sealed class NegotiationHandler(ResponderOptions options)
{
    private const uint ChunkFlag = 1u << 17;
    private const byte MaxExponent = 31;

    public byte[] Capabilities(Connection connection, ReadOnlyMemory<byte> request)
    {
        if (connection.CapabilitiesResponse is { } again)
        {
            return connection.Negotiated is null && Repeats(connection.CapabilitiesRequest!, request) ? again : throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        SpdmVersion version = (SpdmVersion)request.Span[0];
        Refused.Unless(CapabilitiesRequest.TryParse(request, version, out CapabilitiesRequest? parsed, out ReadOnlyMemory<byte> exact));
        Refused.Unless(CapabilityRules.OfRequester(version, parsed!.Flags) is null && parsed.TimeoutExponent <= MaxExponent);
        bool chunks = (parsed.Flags & ChunkFlag) != 0;
        Refused.Unless(version < SpdmVersion.V12 || chunks || parsed.DataTransferSize == parsed.MaxMessageSize);
        Refused.Unless(version < SpdmVersion.V13 || (parsed.Param1 & 1) == 0 || chunks);

        uint flags = options.FlagsOf(version);
        bool wrong = options.Faults.Contains(ResponderFault.WrongVersion);
        ResponseBuilder builder = new ResponseBuilder(wrong ? version ^ (SpdmVersion)1 : version, SpdmCode.Capabilities)
            .Byte(0).Byte(options.TimeoutExponent).UInt16(0).UInt32(flags);
        if (version >= SpdmVersion.V12)
        {
            builder.UInt32(options.DataTransferSize).UInt32((flags & ChunkFlag) != 0 ? options.MaxMessageSize : options.DataTransferSize);
        }

        if (version >= SpdmVersion.V13 && (parsed.Param1 & 1) != 0 && (flags & ChunkFlag) != 0)
        {
            // What we support, as NEGOTIATE_ALGORITHMS would have it without its first two bytes.
            builder.Byte(0).Byte(0).UInt16(30).Byte(1).Byte(2).UInt32(Supported()).UInt32(options.Hashes).Zeros(12).Byte(0).Byte(0).Byte(0).Byte(1);
        }

        connection.Version = version;
        connection.Requester = parsed;
        connection.CapabilitiesRequest = exact.ToArray();
        connection.CapabilitiesResponse = builder.ToArray();
        return connection.CapabilitiesResponse;
    }

    public byte[] Algorithms(Connection connection, ReadOnlyMemory<byte> request)
    {
        if (connection.AlgorithmsResponse is { } again)
        {
            return Repeats(connection.AlgorithmsRequest!, request) ? again : throw new Refused(ErrorCodes.UnexpectedRequest);
        }

        SpdmVersion version = connection.Version;
        Refused.Unless(AlgorithmsRequest.TryParse(request, version, out AlgorithmsRequest? offer, out ReadOnlyMemory<byte> exact));
        Refused.Unless(exact.Length <= (version == SpdmVersion.V10 ? 64 : 128));
        uint hash = Best(offer!.BaseHash & options.Hashes);
        SlotCredential? credential = options.Credentials.FirstOrDefault(candidate => (candidate.AsymBits & offer.BaseAsym) != 0);
        uint flags = options.FlagsOf(version);
        bool measures = ((flags >> 3) & 3) != 0;
        Refused.Unless(hash != 0 && credential is not null && (!measures || (offer.MeasurementSpecification & 1) != 0));

        uint asym = Best(credential!.AsymBits & offer.BaseAsym);
        asym = options.Faults.Contains(ResponderFault.ForeignAlgorithm) ? 1u << 9 : asym;
        byte opaqueFormat = version >= SpdmVersion.V12 ? (byte)((offer.OtherParameters & 2) != 0 ? 2 : offer.OtherParameters & 1) : (byte)0;
        byte multiKey = version >= SpdmVersion.V13 && ((flags >> 26) & 3) == 2 ? (byte)(offer.OtherParameters & 0x10) : (byte)0;
        byte log = version >= SpdmVersion.V13 && (flags & (1u << 24)) != 0 ? (byte)(offer.MelSpecification & 1) : (byte)0;
        List<AlgorithmTable> tables = version >= SpdmVersion.V11 ? [.. offer.Tables.Select(Select)] : [];
        int length = 36 + (4 * tables.Count);
        ResponseBuilder builder = new ResponseBuilder(version, SpdmCode.Algorithms, (byte)tables.Count).UInt16(length)
            .Byte(measures ? (byte)1 : (byte)0).Byte((byte)(opaqueFormat | multiKey)).UInt32(measures ? options.MeasurementHash : 0).UInt32(asym).UInt32(hash)
            .Zeros(11).Byte(log).Zeros(4);
        foreach (AlgorithmTable table in tables)
        {
            builder.Byte(table.Type).Byte(0x20).UInt16(table.Bits);
        }

        connection.AlgorithmsRequest = exact.ToArray();
        connection.AlgorithmsResponse = builder.ToArray();
        connection.Slots = [.. options.Credentials.Where(candidate => candidate.AsymBits == credential.AsymBits)];
        Refused.Unless(CapabilitiesResponse.TryParse(connection.CapabilitiesResponse, version, connection.Requester!, out CapabilitiesResponse? capabilities)
            || options.Faults.Contains(ResponderFault.WrongVersion));
        Refused.Unless(AlgorithmsResponse.TryParse(connection.AlgorithmsResponse, version, out AlgorithmsResponse? selection));
        connection.Negotiated = capabilities is null ? null : new(version, connection.Requester!, capabilities, offer, selection!);
        return connection.AlgorithmsResponse;
    }

    private uint Supported() => options.Credentials.Aggregate(0u, (all, credential) => all | credential.AsymBits);

    private static AlgorithmTable Select(AlgorithmTable offered) => new(offered.Type, offered.Type switch
    {
        2 => (ushort)Best(offered.Bits & 0x38u), // P-256, P-384, P-521
        3 => (ushort)Best(offered.Bits & 0x3u), // AES-128-GCM, AES-256-GCM
        5 => (ushort)(offered.Bits & 1),
        _ => 0,
    });

    private static uint Best(uint bits) => bits == 0 ? 0 : 1u << (31 - System.Numerics.BitOperations.LeadingZeroCount(bits));

    private static bool Repeats(byte[] first, ReadOnlyMemory<byte> request) =>
        request.Length >= first.Length && request.Length - first.Length <= 3 && request.Span.StartsWith(first) && !request.Span[first.Length..].ContainsAnyExcept((byte)0);
}
