using System.Security.Cryptography;
using Fleet.Spdm;
using Fleet.Spdm.Messages;

namespace Fleet.Simulator.Spdm;

/// <summary>GET_MEASUREMENTS and GET_MEASUREMENT_EXTENSION_LOG, and what other answers take from measurements.</summary>
internal sealed class MeasurementHandler(ResponderOptions options)
{
    private const uint LogFlag = 1u << 24;
    private const byte RawBit = 0x80;

    public byte[] Measurements(Connection connection, ReadOnlyMemory<byte> request)
    {
        Negotiated negotiated = connection.Negotiated!;
        if (negotiated.MeasurementCapability == 0)
        {
            throw new Refused(ErrorCodes.UnsupportedRequest, (byte)SpdmCode.GetMeasurements);
        }

        Refused.Unless(MeasurementsRequest.TryParse(request, connection.Version, out MeasurementsRequest? asked, out ReadOnlyMemory<byte> exact));
        SlotCredential? credential = connection.Slot(asked!.Slot);
        Refused.Unless(!asked.WantsSignature || (negotiated.MeasurementCapability == 2 && credential is not null));
        List<DeviceMeasurement> chosen = asked.Operation switch
        {
            0 => [],
            0xFF => [.. Held(connection)],
            _ => [.. Held(connection).Where(measurement => measurement.Index == asked.Operation)],
        };
        Refused.Unless(asked.Operation == 0 || chosen.Count > 0);

        byte[] record = [.. chosen.SelectMany(measurement => Block(negotiated, measurement, (asked.Attributes & 2) != 0))];
        byte total = asked.Operation == 0 ? (byte)Held(connection).Count() : (byte)0;
        byte slot = asked.WantsSignature ? (byte)(options.Faults.Contains(ResponderFault.SwappedSlot) ? asked.Slot ^ 1 : asked.Slot) : (byte)0;
        byte changed = connection.Version < SpdmVersion.V12 ? (byte)0 : options.Faults.Contains(ResponderFault.ContentChanged) ? (byte)0x10 : (byte)0x20;
        ResponseBuilder builder = new ResponseBuilder(connection.Version, SpdmCode.Measurements, total, (byte)(slot | changed))
            .Byte((byte)chosen.Count).UInt24(record.Length).Bytes(record).Bytes(RandomNumberGenerator.GetBytes(32));
        ReadOnlySpan<byte> opaque = Opaque(connection);
        builder.UInt16(opaque.Length).Bytes(opaque).Bytes(asked.Context.Span);
        byte[] covered = builder.ToArray();
        connection.NullB();
        connection.L.AddRange(options.Faults.Contains(ResponderFault.StaleNonce) && asked.WantsSignature ? Stale(exact) : exact.ToArray());
        connection.L.AddRange(covered);
        if (!asked.WantsSignature)
        {
            return covered;
        }

        byte[] signature = Sign(connection, credential!, SpdmSignature.MeasurementsContext, [.. connection.Version >= SpdmVersion.V12 ? connection.A : [], .. connection.L]);
        connection.L = [];
        return [.. covered, .. signature];
    }

    public byte[] Log(Connection connection, ReadOnlyMemory<byte> request)
    {
        if (connection.Version < SpdmVersion.V13 || (options.FlagsOf(connection.Version) & LogFlag) == 0)
        {
            throw new Refused(ErrorCodes.UnsupportedRequest, (byte)SpdmCode.GetMeasurementLog);
        }

        Refused.Unless(MeasurementLogRequest.TryParse(request, connection.Version, out MeasurementLogRequest? asked, out _));
        byte[] log = LogBlob();
        Refused.Unless(asked!.Offset < log.Length && asked.Length > 0 && connection.Negotiated!.Selection.MelSpecification == 1);
        connection.NullB();
        int portion = (int)Math.Min(asked.Length, log.Length - asked.Offset);
        return new ResponseBuilder(connection.Version, SpdmCode.MeasurementLog)
            .UInt32((uint)portion).UInt32((uint)(log.Length - asked.Offset - portion)).Bytes(log.AsSpan((int)asked.Offset, portion)).ToArray();
    }

    /// <summary>The hash of all blocks as they are given without the raw attribute; the TCB here is the immutable ROM.</summary>
    public byte[] Summary(Connection connection, byte kind)
    {
        Negotiated negotiated = connection.Negotiated!;
        byte[] blocks = [.. Held(connection).Where(measurement => kind == 0xFF || measurement.Type == 0).SelectMany(measurement => Block(negotiated, measurement, raw: false))];
        byte[] summary = SpdmAlgorithms.Hash(negotiated.Selection.BaseHash, blocks);
        summary[0] ^= options.Faults.Contains(ResponderFault.WrongSummary) ? (byte)1 : (byte)0;
        return summary;
    }

    public ReadOnlySpan<byte> Opaque(Connection connection) =>
        connection.Version < SpdmVersion.V12 || (connection.Negotiated!.Selection.OtherParameters & 0xF) != 0 ? options.Opaque.Span : default;

    public byte[] Sign(Connection connection, SlotCredential credential, string context, byte[] transcript)
    {
        Negotiated negotiated = connection.Negotiated!;
        (uint asym, uint hash) = (negotiated.Selection.BaseAsym, negotiated.Selection.BaseHash);
        byte[] digest = SpdmSignature.Digest(connection.Version, hash, context, transcript);
        if (options.Faults.Contains(ResponderFault.ForeignKey) && credential.Key is ECDsa ours)
        {
            using ECDsa foreign = ECDsa.Create(ours.ExportParameters(false).Curve);
            return foreign.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        byte[] signature = credential.Sign(asym, hash, digest);
        signature[^1] ^= options.Faults.Contains(ResponderFault.BadSignature) ? (byte)1 : (byte)0;
        return signature;
    }

    /// <summary>A request as it might have been yesterday: another nonce.</summary>
    public static byte[] Stale(ReadOnlyMemory<byte> request)
    {
        byte[] stale = request.ToArray();
        stale[4] ^= 0xFF;
        return stale;
    }

    private IEnumerable<DeviceMeasurement> Held(Connection connection) => options.Measurements
        .Where(measurement => measurement.Type != DeviceMeasurement.HashExtend || connection.Version >= SpdmVersion.V13)
        .Where(measurement => measurement.Type is not (5 or 6 or 7) || connection.Version >= SpdmVersion.V12)
        .Select(Spoilt);

    private DeviceMeasurement Spoilt(DeviceMeasurement measurement) => measurement switch
    {
        { Type: 1 } when options.Faults.Contains(ResponderFault.Tampered) => measurement with { Value = [.. measurement.Value, 0xBA, 0xD0] },
        { Type: 7 } when options.Faults.Contains(ResponderFault.SvnRollback) => measurement with { Value = [(byte)(measurement.Value[0] - 1), .. measurement.Value[1..]] },
        { Type: 5 } when options.Faults.Contains(ResponderFault.Debug) => measurement with { Value = [.. measurement.Value[..12], 2, 0, 0, 0] },
        _ => measurement,
    };

    private byte[] Block(Negotiated negotiated, DeviceMeasurement measurement, bool raw)
    {
        uint hash = negotiated.Selection.MeasurementHash >> 1;
        bool extends = measurement.Type == DeviceMeasurement.HashExtend;
        bool asRaw = hash == 0 || measurement.AlwaysRaw || (raw && !extends);
        byte[] value = asRaw ? measurement.Value : extends ? Extended(measurement.Index, hash) : SpdmAlgorithms.Hash(hash, measurement.Value);
        return ResponseBuilder.Blob().Byte(measurement.Index).Byte(1).UInt16(value.Length + 3)
            .Byte(asRaw ? (byte)(measurement.Type | RawBit) : measurement.Type).UInt16(value.Length).Bytes(value).ToArray();
    }

    private byte[] Extended(byte index, uint hash)
    {
        byte[] value = new byte[SpdmAlgorithms.HashSize(hash)];
        for (int i = 0; i < options.Log.Length; i++)
        {
            value = options.Log[i].Index == index ? SpdmAlgorithms.Hash(hash, [.. value, .. Entry(i)]) : value;
        }

        return value;
    }

    private byte[] LogBlob()
    {
        byte[] entries = [.. Enumerable.Range(0, options.Log.Length).SelectMany(Entry)];
        return ResponseBuilder.Blob().UInt32((uint)options.Log.Length).UInt32((uint)entries.Length).Zeros(8).Bytes(entries).ToArray();
    }

    private byte[] Entry(int number) => ResponseBuilder.Blob().UInt32((uint)number + 1).Byte(options.Log[number].Index).Zeros(3)
        .Byte(options.Log[number].Type).UInt16(options.Log[number].Data.Length).Bytes(options.Log[number].Data).ToArray();
}
